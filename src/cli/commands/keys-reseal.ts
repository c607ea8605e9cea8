import {
  keeper as parseKeeper,
  keeperText,
  type KeeperSetting,
} from '../../config/keeper-setting.ts';
import { UsageError } from '../../config/usage-error.ts';
import { InvalidValue } from '../../config/values.ts';
import { clientFlags, clientSettings, type Command, type CommandCall } from '../command.ts';
import { CommandError } from '../command-error.ts';

/** Moves the store to another root of trust. */
export const keysReseal: Command = {
  name: 'keys reseal',
  summary: 'Moves the store to another root of trust, without touching data.',
  details:
    'The server opens or makes the new root of trust with the secrets that it was started with (see --keeper in "coffer help settings"), seals the keyring by it and goes on serving. From then on it starts with that --keeper only. Only over the socket in the data folder: run it on the server’s machine. A passphrase without a file is asked for here. What the old root of trust sealed is removed by the first start with the new one; backups of before still need the old one.',
  words: [],
  flags: ['to', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const setting = newKeeper(call);
    const to = keeperText(setting);
    const passphrase = await passphraseFor(call, setting);
    const client = await call.client();
    const body = { to, ...(passphrase !== undefined && { passphrase }) };
    const resealed = await client.call('ResealKeyring', { body });
    const { keeper, generation, notice } = resealed;
    call.report(
      resealed,
      `The keyring, generation ${generation}, is sealed by ${keeper} now.\n\n` +
        `Before the next start set --keeper ${keeper} (COFFER_KEEPER): with the old one Coffer refuses to start.\n` +
        (setting.kind === 'file' ? `BACK UP ${setting.path} NOW, away from the data.\n` : '') +
        'Keep the old root of trust as long as backups of before matter: it opens them, the new one does not.\n' +
        (notice === null ? '' : `${notice}\n`),
    );
  },
};

function newKeeper(call: CommandCall): KeeperSetting {
  const text = call.text('to');
  if (text === undefined) throw new UsageError('Name the new root of trust: --to SPEC.');
  try {
    return parseKeeper(text, { cwd: call.host.cwd });
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new UsageError(`--to ${error.message}.`);
  }
}

/** Undefined: the server finds it by itself, or has no need of one. */
async function passphraseFor(call: CommandCall, to: KeeperSetting): Promise<string | undefined> {
  const { askSecret } = call.host;
  if (to.kind !== 'passphrase' || to.path !== undefined || askSecret === undefined)
    return undefined;
  if (call.has('endpoint')) {
    throw new UsageError(
      'A passphrase is not sent over a network: run this on the server’s machine, or name a file there with passphrase:FILE.',
    );
  }
  const text = await askSecret('New passphrase of this store, at least 12 characters: ');
  const again = await askSecret('The same once more: ');
  if (text !== again) throw new CommandError('The two passphrases differ: nothing was changed.');
  return text;
}
