import { PageBody } from '../../shell/page-body.tsx';

export function AccountPage() {
  return (
    <PageBody title="Account" trail={[{ text: 'Account', href: '/accounts' }]}>
      Being built.
    </PageBody>
  );
}
