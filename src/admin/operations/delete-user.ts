/** Removes a user and its access keys. */
import { operation } from '../operation.ts';

export const deleteUser = operation({
  name: 'DeleteUser',
  route: 'DELETE /admin/v1/accounts/{account}/users/{user}',
  permission: 'coffer:DeleteUser',
  reach: 'own-account',
  input: ({ path }) => ({ account: path('account'), user: path('user') }),
  subject: ({ account, user }) => ({ kind: 'identity', account, user }),
  run: async ({ services, account }, { user }) => {
    await services.users.delete(account.id, user);
    return undefined;
  },
});
