/** Removes an account that owns no bucket and has no user, with its root's access keys. */
import { operation } from '../operation.ts';

export const deleteAccount = operation({
  name: 'DeleteAccount',
  route: 'DELETE /admin/v1/accounts/{account}',
  permission: 'coffer:DeleteAccount',
  reach: 'administrators',
  input: ({ path }) => ({ account: path('account') }),
  subject: ({ account }) => ({ kind: 'account', account }),
  run: async ({ services, account }) => {
    await services.accounts.delete(account.name);
    return undefined;
  },
});
