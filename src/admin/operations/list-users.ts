/** The users of an account. */
import { operation } from '../operation.ts';
import { userReport } from '../reports.ts';

export const listUsers = operation({
  name: 'ListUsers',
  route: 'GET /admin/v1/accounts/{account}/users',
  permission: 'coffer:ListUsers',
  reach: 'own-account',
  input: ({ path }) => ({ account: path('account') }),
  subject: ({ account }) => ({ kind: 'account', account }),
  run: async ({ services, account }) => {
    using view = services.view();
    const users = await services.users.list(view, account.id);
    return { users: users.map((user) => userReport(user, account.name)) };
  },
});
