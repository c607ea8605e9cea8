import { PageBody } from '../../shell/page-body.tsx';

export function AccountsPage() {
  return (
    <PageBody title="Accounts" trail={[{ text: 'Accounts', href: '/accounts' }]}>
      Being built.
    </PageBody>
  );
}
