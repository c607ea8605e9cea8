/** One user, with its policy. */
import { operation } from '../operation.ts';
import { userReport } from '../reports.ts';

export const getUser = operation({
  name: 'GetUser',
  route: 'GET /admin/v1/accounts/{account}/users/{user}',
  permission: 'coffer:GetUser',
  reach: 'own-account',
  input: ({ path }) => ({ account: path('account'), user: path('user') }),
  subject: ({ account, user }) => ({ kind: 'identity', account, user }),
  run: async ({ services, account }, { user }) => {
    using view = services.view();
    return userReport(await services.users.get(view, account.id, user), account.name);
  },
});
