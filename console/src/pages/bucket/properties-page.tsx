import { PageBody } from '../../shell/page-body.tsx';

export function PropertiesPage() {
  return (
    <PageBody title="Properties" trail={[{ text: 'Properties', href: '/buckets' }]}>
      Being built.
    </PageBody>
  );
}
