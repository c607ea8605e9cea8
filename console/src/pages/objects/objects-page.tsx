import { PageBody } from '../../shell/page-body.tsx';

export function ObjectsPage() {
  return (
    <PageBody title="Objects" trail={[{ text: 'Objects', href: '/buckets' }]}>
      Being built.
    </PageBody>
  );
}
