/**
 * The file keeper: the root of trust is a key file beside the data folder (FORMAT.md §5.3). It
 * protects the data folder's copies and backups, not a machine whose disk holds both files.
 */
import { lengthPrefixed } from '../../base/bytes.ts';
import { assert } from '../../base/refusal.ts';
import { deriveKey } from '../../crypto/hkdf.ts';
import type { SecretKey } from '../../crypto/secret-key.ts';
import { xaesOpen, xaesSeal } from '../../crypto/xaes-gcm.ts';
import {
  type Keeper,
  type KeeperContext,
  type KeeperDescription,
  type KeeperRenewal,
  keyringAad,
  requireKeyringSize,
} from '../keeper.ts';
import {
  type RootKeyFile,
  type RootKeyState,
  createRenewedFile,
  createRootKeyFile,
  markInitialised,
  placeRenewedFile,
  readRenewedFile,
  readRootKeyFile,
  removeRenewedFile,
  removeRootKeyDrafts,
} from './root-key-file.ts';

/** The keeper of the root key file at `path`, or undefined where there is no such file. */
export async function openFileKeeper(path: string): Promise<FileKeeper | undefined> {
  const file = await readRootKeyFile(path);
  return file === undefined ? undefined : new FileKeeper(file, await readRenewedFile(file));
}

/** Makes the root key file of a new store, or of one that lost it; where there is one, opens that. */
export async function createFileKeeper(path: string, store?: Uint8Array): Promise<FileKeeper> {
  return new FileKeeper(await createRootKeyFile(path, store), undefined);
}

export class FileKeeper implements Keeper {
  readonly description: KeeperDescription;
  #file: RootKeyFile;
  #key: SecretKey;
  /** A new root key beside the file: a renewal was interrupted, and either may be the one in need. */
  #renewed: RootKeyFile | undefined;
  /** Of the two files, the one that opened a keyring last. */
  #openedBy: RootKeyFile | undefined;

  constructor(file: RootKeyFile, renewed: RootKeyFile | undefined) {
    this.description = { kind: 'file', location: file.path };
    this.#file = file;
    this.#key = keeperKey(file);
    this.#renewed = renewed;
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
    requireKeyringSize(plaintext);
    return xaesSeal(this.#key, keyringAad(context), plaintext);
  }

  async open(sealed: Uint8Array, context: KeeperContext): Promise<Buffer> {
    const renewed = this.#renewed;
    const openWith = async (file: RootKeyFile, key: SecretKey): Promise<Buffer> => {
      const opened = xaesOpen(key, keyringAad(context), sealed);
      this.#openedBy = file;
      return opened;
    };
    const opening = openWith(this.#file, this.#key);
    if (renewed === undefined) return opening;
    return opening.catch(() => openWith(renewed, keeperKey(renewed)));
  }

  /** A new root key in a file beside the old one, until it is placed. */
  async renew(): Promise<KeeperRenewal> {
    // One that is in force and was not placed comes first: its file must not be taken for a new one.
    await this.settle();
    const file = await createRenewedFile(this.#file);
    const keeper = new FileKeeper(file, undefined);
    keeper.#unplaced = true;
    return {
      keeper,
      place: () => keeper.#place(),
      discard: () => removeRenewedFile(file),
    };
  }

  async settle(): Promise<string | undefined> {
    await removeRootKeyDrafts(this.#file);
    if (this.#unplaced) return this.#place();
    const renewed = this.#renewed;
    if (renewed === undefined) return undefined;
    assert(this.#openedBy, 'a renewal is settled by what opened the keyring in force');
    this.#renewed = undefined;
    if (this.#openedBy !== renewed) {
      await removeRenewedFile(this.#file);
      return `The root key file ${this.#file.path} stays: a new one beside it was never used, and is removed.`;
    }
    this.#file = renewed;
    this.#key = keeperKey(renewed);
    return this.#place();
  }

  /** Its file still has the name of one that is not placed yet. */
  #unplaced = false;

  async #place(): Promise<string> {
    await placeRenewedFile(this.#file);
    this.#unplaced = false;
    return (
      `The root key file ${this.#file.path} was renewed: BACK IT UP NOW, away from the data. ` +
      'Earlier backups of it open earlier backups of the data only, no longer this store.'
    );
  }
}

function keeperKey({ key, storeId }: RootKeyFile): SecretKey {
  return deriveKey(key, lengthPrefixed('coffer/1/file-keeper', storeId));
}
