/** Makes a user with one access key and, where one is given, a policy. */
import { operation } from '../operation.ts';
import { givenKey, userReport } from '../reports.ts';

export const createUser = operation({
  name: 'CreateUser',
  route: 'POST /admin/v1/accounts/{account}/users',
  permission: 'coffer:CreateUser',
  reach: 'own-account',
  input: ({ path, body }) => ({
    account: path('account'),
    name: body.text('name'),
    policy: body.textIf('policy'),
    key: givenKey(body),
  }),
  subject: ({ account, name }) => ({ kind: 'identity', account, user: name }),
  run: async ({ services, account }, { name, policy, key: given }) => {
    const created = await services.users.create({ account: account.id, name, policy, key: given });
    return { user: userReport(created.user, account.name), accessKey: created.key };
  },
});
