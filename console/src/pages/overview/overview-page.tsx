import { PageBody } from '../../shell/page-body.tsx';

export function OverviewPage() {
  return (
    <PageBody title="Overview" trail={[{ text: 'Overview', href: '/overview' }]}>
      Being built.
    </PageBody>
  );
}
