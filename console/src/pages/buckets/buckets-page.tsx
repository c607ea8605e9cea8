import { PageBody } from '../../shell/page-body.tsx';

export function BucketsPage() {
  return (
    <PageBody title="Buckets" trail={[{ text: 'Buckets', href: '/buckets' }]}>
      Being built.
    </PageBody>
  );
}
