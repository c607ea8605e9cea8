import { clientFlags, clientSettings, type Command } from '../command.ts';
import { accountOf, givenKey } from '../given.ts';
import { issuedKey } from '../output.ts';

/** Makes one more access key and shows it, once. */
export const accessKeyCreate: Command = {
  name: 'access-key create',
  summary: 'Makes one more access key, for a user or for an account’s root.',
  words: [],
  flags: ['account', 'user', 'access-key', 'secret-key', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const user = call.text('user');
    const body = { ...(user === undefined ? {} : { user }), ...givenKey(call) };
    const client = await call.client();
    const path = { account: accountOf(call) };
    const key = await client.call('CreateAccessKey', { path, body });
    call.report(key, issuedKey(key));
  },
};
