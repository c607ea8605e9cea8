import { clientFlags, clientSettings, type Command } from '../command.ts';
import { accountOf, givenKey, givenPolicy } from '../given.ts';
import { issuedKey } from '../output.ts';
import { userFacts } from './user-show.ts';

/** Makes a user and shows its access key, once. */
export const userCreate: Command = {
  name: 'user create',
  summary: 'Makes a user inside an account.',
  details:
    'A user without a policy may do only what bucket policies allow it. "coffer user set-policy" sets one later.',
  words: ['NAME'],
  flags: ['account', 'policy', 'access-key', 'secret-key', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const name = call.word('NAME');
    const policy = await givenPolicy(call);
    const body = { name, ...(policy === undefined ? {} : { policy }), ...givenKey(call) };
    const client = await call.client();
    const created = await client.call('CreateUser', { path: { account: accountOf(call) }, body });
    call.report(
      created,
      `The user ${name} is made.\n\n${userFacts(created.user)}\n${issuedKey(created.accessKey)}`,
    );
  },
};
