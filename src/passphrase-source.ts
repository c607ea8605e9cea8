/**
 * Where a passphrase comes from: the file that `--keeper passphrase:FILE` names, else the service
 * manager's credential `coffer-passphrase` (systemd's LoadCredential= and LoadCredentialEncrypted=,
 * systemd.exec(5), checked 2026-11-24), else the terminal.
 */
import { join } from 'node:path';
import { StartError } from './base/start-error.ts';
import type { KeeperHow } from './keepers.ts';
import { fileMode, readSmallFile } from './keys/durable-file.ts';
import { Passphrase } from './keys/passphrase/passphrase.ts';

export interface FoundPassphrase {
  readonly passphrase: Passphrase;
  /** What an operator should be told about its place. */
  readonly warning: string | undefined;
  /** Looks there again; undefined where nothing is there any more. */
  readonly again: () => Promise<Passphrase | undefined>;
}

/** `isNew`: nothing is sealed under it yet, so a slip of the fingers would lock everyone out. */
export async function findPassphrase(
  path: string | undefined,
  how: KeeperHow,
  isNew: boolean,
): Promise<FoundPassphrase> {
  const { passphrase: given, secrets, askSecret } = how;
  if (given !== undefined) return kept(given);
  if (path !== undefined) {
    const found = await inFile(path);
    if (found === undefined) {
      throw new StartError(
        `The passphrase file ${path} is missing: put it there, or name its place with --keeper passphrase:FILE.`,
      );
    }
    return found;
  }
  const directory = secrets.credentialsDirectory;
  const credential = directory && (await inFile(join(directory, 'coffer-passphrase')));
  if (credential) return credential;
  if (askSecret === undefined) {
    throw new StartError(
      'Nobody can be asked for the passphrase here: name a file with --keeper passphrase:FILE, ' +
        'give systemd LoadCredential=coffer-passphrase:FILE, or start Coffer on a terminal.',
    );
  }
  const typed = Passphrase.of(await askSecret('Passphrase of this store: '), 'typed');
  if (isNew) {
    const repeated = await askSecret('The same once more: ');
    if (!typed.equals(Passphrase.of(repeated, 'typed the second time'))) {
      throw new StartError('The two passphrases differ: nothing was made. Start again.');
    }
  }
  return kept(typed);
}

const kept = (passphrase: Passphrase): FoundPassphrase => ({
  passphrase,
  warning: undefined,
  again: async () => passphrase,
});

const bytesMax = 4_096;
const openToOthers = 0o077;

async function inFile(path: string): Promise<FoundPassphrase | undefined> {
  const passphrase = await readPassphrase(path);
  if (passphrase === undefined) return undefined;
  const mode = await fileMode(path);
  const warning =
    (mode & openToOthers) === 0
      ? undefined
      : `The passphrase file ${path} is open to other users (mode 0${mode.toString(8)}): run chmod 600 ${path}.`;
  return { passphrase, warning, again: () => readPassphrase(path) };
}

async function readPassphrase(path: string): Promise<Passphrase | undefined> {
  const bytes = await readSmallFile(path, bytesMax);
  if (bytes === undefined) return undefined;
  const text = decoded(bytes);
  bytes.fill(0);
  if (text === undefined) throw new StartError(`The passphrase file ${path} is not UTF-8 text.`);
  return Passphrase.of(text, `in ${path}`);
}

function decoded(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}
