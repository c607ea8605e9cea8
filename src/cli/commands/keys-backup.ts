import { resolve } from 'node:path';
import type { MadeKitReport, NewKit } from '../../admin/contract.ts';
import { UsageError } from '../../config/usage-error.ts';
import { clientFlags, clientSettings, type Command, type CommandCall } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { requireSecretWay } from '../connect.ts';
import { readText } from '../given.ts';
import { facts, shownTime } from '../output.ts';
import type { GivenPassphrase } from '../recovery-kits.ts';

const outputDefault = 'coffer-recovery-kit.txt';

/** Makes a recovery kit. */
export const keysBackup: Command = {
  name: 'keys backup',
  summary: 'Makes a recovery kit: the master keys, sealed by a passphrase or split among people.',
  details:
    'With the kit, and its passphrase or enough of its shares, a store whose root of trust or keyring is lost opens again: see "coffer keys restore". The passphrase and the shares never reach the server. Without --passphrase-file and --shares the passphrase is asked for. Make a new kit after every rotation: a kit opens nothing of versions that came later. A signed record keeps which versions are in which kit.',
  words: [],
  flags: ['output', 'shares', 'threshold', 'passphrase-file', 'force', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const { kits, cwd } = call.host;
    requireSecretWay(call);
    const path = resolve(cwd, call.text('output') ?? outputDefault);
    const force = call.has('force');
    const lock = await lockOf(call, (sealing) =>
      force ? Promise.resolve() : kits.refuseExisting(kits.filesOf(path, sealing)),
    );
    const client = await call.client();
    const made = await client.call('BackupKeys', { body: lock });
    await kits.save(made, lock, { path, force });
    const files = kits.filesOf(path, lock);
    const { text: _, ...told } = made;
    call.report({ ...told, files }, textOf(made, lock, files));
  },
};

/** The key to seal the kit under. `look` first sees to it that the files can be made. */
async function lockOf(call: CommandCall, look: (lock: NewKit) => Promise<void>): Promise<NewKit> {
  const { kits } = call.host;
  const [shares, threshold] = [call.text('shares'), call.text('threshold')];
  if (shares !== undefined || threshold !== undefined) {
    if (call.has('passphrase-file')) {
      throw new UsageError(
        'A kit opens with a passphrase or with shares: give --passphrase-file or --shares, not both.',
      );
    }
    const lock = kits.lockWithShares(splitOf(shares, threshold));
    await look(lock);
    return lock;
  }
  await look({ key: '' });
  return kits.lockWithPassphrase(await newPassphrase(call));
}

function splitOf(shares: string | undefined, threshold: string | undefined) {
  const [n, k] = [shares, threshold].map((text) =>
    text !== undefined && /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0,
  );
  if (n === undefined || k === undefined || n > 255 || k < 2 || k > n) {
    throw new UsageError(
      '--shares N and --threshold K belong together: N is at most 255, and K from 2 to N, for example --shares 5 --threshold 3.',
    );
  }
  return { shares: n, threshold: k };
}

async function newPassphrase(call: CommandCall): Promise<GivenPassphrase> {
  const given = await givenPassphrase(call);
  if (given !== undefined) return given;
  const { askSecret } = call.host;
  if (askSecret === undefined) {
    throw new UsageError(
      'A kit must be sealed by something, and there is no terminal to ask for a passphrase on: give --passphrase-file FILE, or --shares N --threshold K.',
    );
  }
  const text = await askSecret('Passphrase of the kit, at least 12 characters: ');
  const again = await askSecret('The same once more: ');
  if (text !== again) throw new CommandError('The two passphrases differ: nothing was made.');
  return { text, where: 'typed' };
}

/** The passphrase of --passphrase-file; undefined when it is not given. */
export async function givenPassphrase(call: CommandCall): Promise<GivenPassphrase | undefined> {
  const file = call.text('passphrase-file');
  if (file === undefined) return undefined;
  const path = resolve(call.host.cwd, file);
  const text = await readText(call, path, '--passphrase-file');
  return { text, where: `in ${path}` };
}

function textOf(made: MadeKitReport, lock: NewKit, files: readonly string[]): string {
  const [kit = '', ...shares] = files;
  const told = facts([
    ['Recovery kit', kit],
    ['Kit id', made.kit],
    ['Store', made.store],
    ['Made', shownTime(made.madeAt)],
    ['Master key versions', made.versions.join(', ')],
    ...shares.map((file, index) => [`Share ${index + 1}`, file] as const),
  ]);
  const opening =
    lock.shares === undefined
      ? 'It opens with the passphrase alone: keep that in another place than the kit.'
      : `Any ${lock.shares.threshold} of the ${lock.shares.shares} shares open it: give each to another person, and remove the files here.`;
  return (
    `${told}\nKeep the kit away from the server and its backups. ${opening}\n` +
    'Try it now: coffer keys restore KIT --check\n'
  );
}
