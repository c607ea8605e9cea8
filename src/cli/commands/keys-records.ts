import { clientFlags, clientSettings, type Command } from '../command.ts';
import { shownRecord } from '../records.ts';

/** Shows every signed record. */
export const keysRecords: Command = {
  name: 'keys records',
  summary: 'Shows the signed records: keys destroyed, buckets shredded, recovery kits made.',
  details:
    'A record is signed with Ed25519 over the bytes of "coffer/1/record", a zero byte and the text; whoever has the public key can check it without Coffer.',
  words: [],
  flags: clientFlags,
  settings: clientSettings,
  run: async (call) => {
    const client = await call.client();
    const reply = await client.call('ListRecords', {});
    const { publicKey, records } = reply;
    call.report(
      reply,
      `Public key  ${publicKey ?? '(none yet)'}\n\n` +
        (records.length === 0 ? 'There are no records.\n' : records.map(shownRecord).join('\n')),
    );
  },
};
