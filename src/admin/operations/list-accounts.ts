/** Every account. */
import { operation } from '../operation.ts';
import { accountReport } from '../reports.ts';

export const listAccounts = operation({
  name: 'ListAccounts',
  route: 'GET /admin/v1/accounts',
  permission: 'coffer:ListAccounts',
  reach: 'administrators',
  input: () => undefined,
  subject: () => ({ kind: 'server' }),
  run: async ({ services }) => {
    using view = services.view();
    const accounts = await services.accounts.list(view);
    return { accounts: accounts.map(accountReport) };
  },
});
