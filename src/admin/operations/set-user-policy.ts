/** Replaces a user's policy or, with null, removes it. Holds in every process on the next request. */
import { operation } from '../operation.ts';
import { userReport } from '../reports.ts';

export const setUserPolicy = operation({
  name: 'SetUserPolicy',
  route: 'PUT /admin/v1/accounts/{account}/users/{user}/policy',
  permission: 'coffer:SetUserPolicy',
  reach: 'own-account',
  input: ({ path, body }) => ({
    account: path('account'),
    user: path('user'),
    policy: body.textOrNull('policy'),
  }),
  subject: ({ account, user }) => ({ kind: 'identity', account, user }),
  run: async ({ services, account }, { user, policy }) => {
    await services.users.setPolicy(account.id, user, policy ?? undefined);
    using view = services.view();
    return userReport(await services.users.get(view, account.id, user), account.name);
  },
});
