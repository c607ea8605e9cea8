/**
 * The file keeper: the root of trust is a key file beside the data folder (FORMAT.md §5.3). It
 * protects the data folder's copies and backups, not a machine whose disk holds both files.
 */
import { lengthPrefixed, u64 } from '../../base/bytes.ts';
import { Fault } from '../../base/refusal.ts';
import { deriveKey } from '../../crypto/hkdf.ts';
import type { SecretKey } from '../../crypto/secret-key.ts';
import { xaesOpen, xaesSeal } from '../../crypto/xaes-gcm.ts';
import type { Keeper, KeeperContext, KeeperDescription } from '../keeper.ts';
import {
  type RootKeyFile,
  type RootKeyState,
  createRootKeyFile,
  markInitialised,
  readRootKeyFile,
} from './root-key-file.ts';

/** The keeper of the root key file at `path`, or undefined where there is no such file. */
export async function openFileKeeper(path: string): Promise<FileKeeper | undefined> {
  const file = await readRootKeyFile(path);
  return file === undefined ? undefined : new FileKeeper(file);
}

/** Makes the root key file of a new store; where there is one already, opens that. */
export async function createFileKeeper(path: string): Promise<FileKeeper> {
  return new FileKeeper(await createRootKeyFile(path));
}

const plaintextBytesMax = 64 * 1024;

export class FileKeeper implements Keeper {
  readonly description: KeeperDescription;
  readonly #key: SecretKey;
  #file: RootKeyFile;

  constructor(file: RootKeyFile) {
    this.description = { kind: 'file', location: file.path };
    this.#key = deriveKey(file.key, lengthPrefixed('coffer/1/file-keeper', file.storeId));
    this.#file = file;
  }

  /** The store that the root key belongs to. */
  get storeId(): Uint8Array {
    return this.#file.storeId;
  }

  /** Whether the store was ever made: `initialised` beside an empty data folder is an unmounted disk. */
  get state(): RootKeyState {
    return this.#file.state;
  }

  /** What an operator should be told about the file, or undefined. */
  get warning(): string | undefined {
    return this.#file.warning;
  }

  /** To be called once the store's first transaction is durable. Doing so again changes nothing. */
  async markInitialised(): Promise<void> {
    this.#file = await markInitialised(this.#file);
  }

  async seal(plaintext: Uint8Array, context: KeeperContext): Promise<Uint8Array> {
    if (plaintext.length > plaintextBytesMax) {
      throw new Fault('failed', `a keeper seals at most ${plaintextBytesMax} bytes`);
    }
    return xaesSeal(this.#key, sealAad(context), plaintext);
  }

  async open(sealed: Uint8Array, context: KeeperContext): Promise<Buffer> {
    return xaesOpen(this.#key, sealAad(context), sealed);
  }
}

function sealAad({ storeId, generation }: KeeperContext): Buffer {
  return lengthPrefixed('coffer/1/keyring', storeId, u64(generation));
}
