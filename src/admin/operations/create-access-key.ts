/** One more access key, for a user or for the account's root. */
import { operation } from '../operation.ts';
import { givenKey } from '../reports.ts';

export const createAccessKey = operation({
  name: 'CreateAccessKey',
  route: 'POST /admin/v1/accounts/{account}/access-keys',
  permission: 'coffer:CreateAccessKey',
  reach: 'own-account',
  input: ({ path, body }) => ({
    account: path('account'),
    user: body.textIf('user'),
    key: givenKey(body),
  }),
  subject: ({ account, user }) => ({ kind: 'identity', account, user }),
  run: ({ services, account }, { user, key }) =>
    services.accessKeys.create({ account: account.id, user }, key),
});
