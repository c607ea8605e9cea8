/** The access keys of an account, its users' among them, or of one user; never their secrets. */
import { operation } from '../operation.ts';
import { accessKeyReport } from '../reports.ts';

export const listAccessKeys = operation({
  name: 'ListAccessKeys',
  route: 'GET /admin/v1/accounts/{account}/access-keys',
  permission: 'coffer:ListAccessKeys',
  reach: 'own-account',
  input: ({ path, query }) => ({ account: path('account'), user: query.textIf('user') }),
  subject: ({ account, user }) => ({ kind: 'identity', account, user }),
  run: async ({ services, account }, { user }) => {
    using view = services.view();
    // A name that nobody has is a mistake, not an empty list.
    if (user !== undefined) await services.users.get(view, account.id, user);
    const keys = await services.accessKeys.list(view, { account: account.id, user });
    return { accessKeys: keys.map((key) => accessKeyReport(key, account.name)) };
  },
});
