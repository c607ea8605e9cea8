import { PageBody } from '../../shell/page-body.tsx';

export function InventoryPage() {
  return (
    <PageBody
      title="Encryption inventory"
      trail={[{ text: 'Encryption inventory', href: '/inventory' }]}
    >
      Being built.
    </PageBody>
  );
}
