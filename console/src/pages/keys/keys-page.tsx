import { PageBody } from '../../shell/page-body.tsx';

export function KeysPage() {
  return (
    <PageBody title="Master keys" trail={[{ text: 'Master keys', href: '/keys' }]}>
      Being built.
    </PageBody>
  );
}
