import { PageBody } from '../../shell/page-body.tsx';

export function ObjectPage() {
  return (
    <PageBody title="Object" trail={[{ text: 'Object', href: '/buckets' }]}>
      Being built.
    </PageBody>
  );
}
