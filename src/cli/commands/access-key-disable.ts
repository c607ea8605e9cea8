import { clientFlags, clientSettings, type Command } from '../command.ts';

/** Turns an access key off. */
export const accessKeyDisable: Command = {
  name: 'access-key disable',
  summary: 'Turns an access key off: it is refused from the next request on.',
  words: ['ID'],
  flags: ['force', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const accessKeyId = call.word('ID');
    const client = await call.client();
    const key = await client.call('UpdateAccessKey', {
      path: { accessKeyId },
      body: { enabled: false, force: call.has('force') },
    });
    call.report(key, `The access key ${accessKeyId} is off.\n`);
  },
};
