import { clientFlags, clientSettings, type Command } from '../command.ts';
import { givenKey } from '../given.ts';
import { issuedKey } from '../output.ts';
import { accountFacts } from './account-show.ts';

/** Makes an account and shows its root's access key, once. */
export const accountCreate: Command = {
  name: 'account create',
  summary: 'Makes an account, which may own buckets and have users.',
  words: ['NAME'],
  flags: ['canonical-id', 'access-key', 'secret-key', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const name = call.word('NAME');
    const canonicalId = call.text('canonical-id');
    const body = {
      name,
      ...(canonicalId === undefined ? {} : { canonicalId }),
      ...givenKey(call),
    };
    const client = await call.client();
    const created = await client.call('CreateAccount', { body });
    call.report(
      created,
      `The account ${name} is made.\n\n${accountFacts(created.account)}\n${issuedKey(created.accessKey)}`,
    );
  },
};
