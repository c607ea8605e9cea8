/** Makes an account with a root access key. */
import { operation } from '../operation.ts';
import { accountReport, givenKey } from '../reports.ts';

export const createAccount = operation({
  name: 'CreateAccount',
  route: 'POST /admin/v1/accounts',
  permission: 'coffer:CreateAccount',
  reach: 'administrators',
  input: ({ body }) => ({
    name: body.text('name'),
    canonicalId: body.textIf('canonicalId'),
    key: givenKey(body),
  }),
  subject: () => ({ kind: 'server' }),
  run: async ({ services }, input) => {
    const { account, key } = await services.accounts.create(input);
    return { account: accountReport(account), accessKey: key };
  },
});
