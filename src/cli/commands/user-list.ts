import { clientFlags, clientSettings, type Command } from '../command.ts';
import { accountOf } from '../given.ts';
import { shownTime, table } from '../output.ts';

/** Lists the users of an account. */
export const userList: Command = {
  name: 'user list',
  summary: 'Lists the users of an account.',
  words: [],
  flags: ['account', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const client = await call.client();
    const reply = await client.call('ListUsers', { path: { account: accountOf(call) } });
    const rows = reply.users.map(({ name, policy, accessKeys, createdAt }) => {
      return [name, policy === null ? 'no' : 'yes', accessKeys.join(','), shownTime(createdAt)];
    });
    const headings = ['NAME', 'POLICY', 'ACCESS KEYS', 'CREATED'];
    call.report(reply, table(headings, rows, 'The account has no users.'));
  },
};
