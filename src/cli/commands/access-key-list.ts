import { clientFlags, clientSettings, type Command } from '../command.ts';
import { accountOf } from '../given.ts';
import { shownTime, table } from '../output.ts';

/** Lists the access keys of an account or of one user; never their secrets. */
export const accessKeyList: Command = {
  name: 'access-key list',
  summary: 'Lists the access keys of an account and its users, or of one user.',
  words: [],
  flags: ['account', 'user', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const user = call.text('user');
    const client = await call.client();
    const reply = await client.call('ListAccessKeys', {
      path: { account: accountOf(call) },
      query: user === undefined ? {} : { user },
    });
    const rows = reply.accessKeys.map((key) => [
      key.accessKeyId,
      key.account,
      key.user ?? '(root)',
      key.enabled ? 'yes' : 'no',
      shownTime(key.createdAt),
    ]);
    const headings = ['ACCESS KEY ID', 'ACCOUNT', 'USER', 'ENABLED', 'CREATED'];
    call.report(reply, table(headings, rows, 'There are no access keys.'));
  },
};
