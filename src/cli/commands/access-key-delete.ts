import { clientFlags, clientSettings, type Command } from '../command.ts';
import { confirm } from '../confirm.ts';

/** Deletes an access key for good. */
export const accessKeyDelete: Command = {
  name: 'access-key delete',
  summary: 'Deletes an access key for good.',
  words: ['ID'],
  flags: ['force', 'yes', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const accessKeyId = call.word('ID');
    await confirm(call, `This deletes the access key ${accessKeyId} for good.`, accessKeyId);
    const client = await call.client();
    await client.call('DeleteAccessKey', {
      path: { accessKeyId },
      query: call.has('force') ? { force: 'true' } : {},
    });
    call.report({ deleted: { accessKeyId } }, `The access key ${accessKeyId} is deleted.\n`);
  },
};
