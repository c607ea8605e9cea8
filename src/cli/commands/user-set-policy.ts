import { UsageError } from '../../config/usage-error.ts';
import { clientFlags, clientSettings, type Command } from '../command.ts';
import { accountOf, givenPolicy } from '../given.ts';

/** Replaces or removes the policy of a user. */
export const userSetPolicy: Command = {
  name: 'user set-policy',
  summary: 'Replaces a user’s policy, or removes it with --no-policy.',
  details: 'It holds on the next request, in every process.',
  words: ['NAME'],
  flags: ['policy', 'no-policy', 'account', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const name = call.word('NAME');
    const policy = (await givenPolicy(call)) ?? null;
    if ((policy === null) !== call.has('no-policy')) {
      throw new UsageError('Give either --policy FILE or --no-policy.');
    }
    const client = await call.client();
    const path = { account: accountOf(call), user: name };
    const user = await client.call('SetUserPolicy', { path, body: { policy } });
    const done = policy === null ? 'removed' : 'set';
    call.report(user, `The policy of the user ${name} is ${done}.\n`);
  },
};
