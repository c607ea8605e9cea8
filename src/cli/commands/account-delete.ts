import { clientFlags, clientSettings, type Command } from '../command.ts';
import { confirm } from '../confirm.ts';

/** Deletes an account that nothing belongs to any more. */
export const accountDelete: Command = {
  name: 'account delete',
  summary: 'Deletes an account that owns no bucket and has no user.',
  words: ['NAME'],
  flags: ['yes', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const name = call.word('NAME');
    await confirm(call, `This deletes the account ${name} and its root’s access keys.`, name);
    const client = await call.client();
    await client.call('DeleteAccount', { path: { account: name } });
    call.report({ deleted: { account: name } }, `The account ${name} is deleted.\n`);
  },
};
