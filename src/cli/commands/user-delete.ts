import { clientFlags, clientSettings, type Command } from '../command.ts';
import { confirm } from '../confirm.ts';
import { accountOf } from '../given.ts';

/** Deletes a user and its access keys. */
export const userDelete: Command = {
  name: 'user delete',
  summary: 'Deletes a user and its access keys.',
  words: ['NAME'],
  flags: ['account', 'yes', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const user = call.word('NAME');
    await confirm(call, `This deletes the user ${user}, its policy and its access keys.`, user);
    const client = await call.client();
    await client.call('DeleteUser', { path: { account: accountOf(call), user } });
    call.report({ deleted: { user } }, `The user ${user} is deleted.\n`);
  },
};
