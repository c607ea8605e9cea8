import { clientFlags, clientSettings, type Command } from '../command.ts';

/** Turns a disabled access key on again. */
export const accessKeyEnable: Command = {
  name: 'access-key enable',
  summary: 'Turns a disabled access key on again.',
  words: ['ID'],
  flags: clientFlags,
  settings: clientSettings,
  run: async (call) => {
    const accessKeyId = call.word('ID');
    const client = await call.client();
    const key = await client.call('UpdateAccessKey', {
      path: { accessKeyId },
      body: { enabled: true },
    });
    call.report(key, `The access key ${accessKeyId} is on.\n`);
  },
};
