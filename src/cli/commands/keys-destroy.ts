import { UsageError } from '../../config/usage-error.ts';
import { clientFlags, clientSettings, type Command } from '../command.ts';
import { confirm } from '../confirm.ts';
import { shownRecord } from '../records.ts';

/** Destroys a master key version that nothing needs any more. */
export const keysDestroy: Command = {
  name: 'keys destroy',
  summary:
    'Destroys a master key version that nothing refers to, and leaves a signed record of it.',
  details:
    'Refused while anything is sealed under the version: it says how much and what. Afterwards the older keyring files are removed, and a root key file is renewed, so that neither an old keyring file nor an old root key brings the version back: back up the new root key file at once. "coffer keys records" shows the record again.',
  words: ['VERSION'],
  flags: ['yes', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const version = call.word('VERSION');
    if (!/^[1-9][0-9]{0,8}$/.test(version)) {
      throw new UsageError(
        `VERSION is a number, as "coffer keys status" lists them: not ${version}.`,
      );
    }
    const warning =
      `This destroys master key version ${version} for ever. What backups of this store hold under it, ` +
      'only they and the root key of their time can open.';
    await confirm(call, warning, version);
    const client = await call.client();
    const destroyed = await client.call('DestroyKeyVersion', { path: { version }, body: {} });
    call.report(
      destroyed,
      `Master key version ${version} is destroyed.\n\n` +
        `${shownRecord(destroyed.record)}\n` +
        '"coffer keys records" shows this record again.\n' +
        (destroyed.notice === null ? '' : `\n${destroyed.notice}\n`),
    );
  },
};
