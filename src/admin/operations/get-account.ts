/** One account. */
import { operation } from '../operation.ts';
import { accountReport } from '../reports.ts';

export const getAccount = operation({
  name: 'GetAccount',
  route: 'GET /admin/v1/accounts/{account}',
  permission: 'coffer:GetAccount',
  reach: 'administrators',
  input: ({ path }) => ({ account: path('account') }),
  subject: ({ account }) => ({ kind: 'account', account }),
  run: async ({ services, account }) => {
    using view = services.view();
    return accountReport(await services.accounts.get(view, account.name));
  },
});
