import { PageBody } from '../../shell/page-body.tsx';

export function PermissionsPage() {
  return (
    <PageBody title="Permissions" trail={[{ text: 'Permissions', href: '/buckets' }]}>
      Being built.
    </PageBody>
  );
}
