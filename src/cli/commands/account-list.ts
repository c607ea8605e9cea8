import { clientFlags, clientSettings, type Command } from '../command.ts';
import { shownTime, table } from '../output.ts';

/** Lists every account. */
export const accountList: Command = {
  name: 'account list',
  summary: 'Lists every account.',
  words: [],
  flags: clientFlags,
  settings: clientSettings,
  run: async (call) => {
    const client = await call.client();
    const reply = await client.call('ListAccounts', {});
    const rows = reply.accounts.map(({ name, id, users, createdAt }) => {
      return [name, id, String(users), shownTime(createdAt)];
    });
    call.report(reply, table(['NAME', 'ID', 'USERS', 'CREATED'], rows, 'There are no accounts.'));
  },
};
