/**
 * Opens the store of a data folder, or makes it. The order of a first start is what makes every
 * kill in between harmless: root key file (it holds the store's id) → credentials file → keyring
 * file → one transaction that makes the store → the root key file says so. Each step is finished by
 * the next start; and a root key file that says "initialised" beside an empty folder is an
 * unmounted disk, never a reason to make a new store.
 */
import { join } from 'node:path';
import { AccessKeys, generateKey, type GivenKey } from './access/access-keys.ts';
import { Accounts, defaultAccountName } from './access/accounts.ts';
import { Users } from './access/users.ts';
import type { Fault } from './base/refusal.ts';
import { StartError } from './base/start-error.ts';
import { systemClock } from './base/time.ts';
import { writeCredentialsFile } from './credentials-file.ts';
import type { Blobs } from './engines/blobs.ts';
import { openFileBlobs } from './engines/files/blobs.ts';
import { openLmdbMetadata, type LmdbMetadata } from './engines/lmdb/metadata.ts';
import { createFileKeeper, openFileKeeper, type FileKeeper } from './keys/file/file-keeper.ts';
import type { Keeper } from './keys/keeper.ts';
import { type KeyringReference, readKeyringFile, writeKeyringFile } from './keys/keyring-file.ts';
import { mintFirstKeyring } from './keys/keyring.ts';
import { KeysInForce, openedKeys, type OpenedKeys } from './keys/keys-in-force.ts';
import { openRows, readKeyringReference, type Rows } from './rows/rows.ts';
import { storeRow } from './rows/store-row.ts';

/** A store that is open in this process. */
export interface OpenedStore {
  readonly rows: Rows;
  readonly keys: KeysInForce;
  readonly metadata: LmdbMetadata;
  readonly blobs: Blobs;
  readonly accessKeys: AccessKeys;
  readonly accounts: Accounts;
  readonly users: Users;
  close(): Promise<void>;
}

export interface EnginePlace {
  /** The data folder; it exists and is ours. */
  readonly data: string;
  /** An engine accepts no more writes: the process must end. */
  readonly onFailure: (fault: Fault) => void;
}

export interface StorePlace extends EnginePlace {
  /** The root key file. */
  readonly rootKey: string;
  readonly region: string;
  readonly given: GivenKey | undefined;
}

/** What a start found or did, for the banner. */
export interface Start {
  readonly store: OpenedStore;
  /** Opened the keyring, and seals what follows it. */
  readonly keeper: Keeper;
  readonly firstStart: boolean;
  /** The access key id of the default account's root. */
  readonly rootAccessKeyId: string;
  /** Where the generated secret was written; undefined when it was given. */
  readonly credentialsPath: string | undefined;
  /** What an operator should know about the root key file. */
  readonly warning: string | undefined;
}

/**
 * Throws the `StartError` of an unmounted disk: before anything is made in the place where the disk
 * will be mounted. The key file is read first: who made it just now has marked the folder before.
 */
export async function refuseUnmounted(
  { data, rootKey }: Pick<StorePlace, 'data' | 'rootKey'>,
  isUnused: (folder: string) => Promise<boolean>,
): Promise<void> {
  const known = await openFileKeeper(rootKey);
  if (known?.state === 'initialised' && (await isUnused(data))) throw unmounted(data, rootKey);
}

/** For the process that holds the data folder's lock: opens or makes the store. */
export async function startStore(place: StorePlace): Promise<Start> {
  const engines = await openEngines(place);
  const reference = await readKeyringReference(engines.metadata);
  const firstStart = reference === undefined;
  const { keeper, keys } =
    reference === undefined ? await makeKeys(place, engines) : await openKeys(place, reference);
  const store = assemble(engines, keys);
  const credentialsPath = `${place.data}.credentials`;
  if (firstStart) await makeStore(place, store, credentialsPath);
  await keeper.markInitialised();
  const root = await rootAccount(store, place);
  return {
    store,
    keeper,
    firstStart,
    rootAccessKeyId: root,
    credentialsPath: place.given === undefined ? credentialsPath : undefined,
    warning: keeper.warning,
  };
}

/** For a worker: the keyring comes opened from the primary. */
export async function joinStore(place: EnginePlace, keys: OpenedKeys): Promise<OpenedStore> {
  return assemble(await openEngines(place), keys);
}

/** For a command where no server runs: opens the store that is there, and makes nothing. */
export async function openExistingStore(place: StorePlace): Promise<OpenedStore> {
  const engines = await openEngines(place);
  await using unused = new AsyncDisposableStack();
  unused.defer(() => closeEngines(engines));
  const reference = await readKeyringReference(engines.metadata);
  if (reference === undefined) {
    throw new StartError(
      `The data folder ${place.data} holds no store yet: "coffer serve" makes one.`,
    );
  }
  const { keys } = await openKeys(place, reference);
  unused.move();
  return assemble(engines, keys);
}

interface Engines {
  readonly metadata: LmdbMetadata;
  readonly blobs: Blobs;
}

async function openEngines({ data, onFailure }: EnginePlace): Promise<Engines> {
  const metadata = await openLmdbMetadata({ path: join(data, 'metadata'), onFailure });
  const blobs = await openFileBlobs({ path: join(data, 'blobs'), onFailure });
  return { metadata, blobs };
}

async function closeEngines({ metadata, blobs }: Engines): Promise<void> {
  await blobs.close();
  await metadata.close();
}

function assemble({ metadata, blobs }: Engines, opened: OpenedKeys): OpenedStore {
  const keys = new KeysInForce(opened);
  const rows = openRows({ metadata, keys, clock: systemClock });
  const accessKeys = new AccessKeys(rows, systemClock);
  return {
    rows,
    keys,
    metadata,
    blobs,
    accessKeys,
    accounts: new Accounts(rows, systemClock, accessKeys),
    users: new Users(rows, systemClock, accessKeys),
    close: () => closeEngines({ metadata, blobs }),
  };
}

interface KeysAndKeeper {
  readonly keeper: FileKeeper;
  readonly keys: OpenedKeys;
}

/** Where a data folder has its keyring files. */
export const keyringFolder = (data: string): string => join(data, 'keys');

async function openKeys(
  { data, rootKey }: StorePlace,
  reference: KeyringReference,
): Promise<KeysAndKeeper> {
  const keeper = await openFileKeeper(rootKey);
  if (keeper === undefined) {
    throw new StartError(
      `The root key file ${rootKey} is missing, and the store in ${data} cannot be opened without it. ` +
        'Put its backup there, or name its place with --keeper file:PATH.',
    );
  }
  const { storeId } = keeper;
  const keyring = await readKeyringFile(
    { folder: keyringFolder(data), keeper, storeId },
    reference,
  );
  return { keeper, keys: openedKeys(keyring, reference) };
}

/** No key is ever minted on a folder that holds anything. */
async function makeKeys(place: StorePlace, { metadata, blobs }: Engines): Promise<KeysAndKeeper> {
  const { data, rootKey } = place;
  if (metadata.stats().entries > 0) throw lostKeyring(data);
  for await (const _ of blobs.list()) throw lostKeyring(data);
  const known = await openFileKeeper(rootKey);
  if (known?.state === 'initialised') throw unmounted(data, rootKey);
  const keeper = known ?? (await createFileKeeper(rootKey));
  const keyring = mintFirstKeyring(keeper.storeId, systemClock());
  const reference = await writeKeyringFile(keyringFolder(data), keyring, keeper);
  return { keeper, keys: openedKeys(keyring, reference) };
}

function unmounted(data: string, rootKey: string): StartError {
  return new StartError(
    `The root key file ${rootKey} belongs to a store that was initialised, but the data folder ${data} is empty. ` +
      'Is its disk mounted? To begin a new store here, name another root key file with --keeper file:PATH.',
  );
}

function lostKeyring(data: string): StartError {
  return new StartError(
    `The data folder ${data} holds data, but its keyring row is missing: the metadata is damaged. ` +
      'Restore the folder from a backup; no new key is made beside data that an old one sealed.',
  );
}

async function makeStore(
  { given, region }: StorePlace,
  { rows, accounts }: OpenedStore,
  credentialsPath: string,
): Promise<void> {
  const key = given ?? generateKey();
  // Written first: credentials that nobody can read must not be the store's only ones.
  if (given === undefined) await writeCredentialsFile(credentialsPath, key, region);
  await rows.initialise(region, async (transaction) => {
    await accounts.createIn(transaction, { name: defaultAccountName, key });
  });
}

/** The root's key id, after credentials given by the environment replaced the stored ones. */
async function rootAccount(store: OpenedStore, { data, given }: StorePlace): Promise<string> {
  const account = await rootOf(store, data);
  if (given === undefined) return account.accessKeys[0] ?? '(none)';
  await store.accessKeys.replaceRoot(account.id, given);
  return given.accessKeyId;
}

async function rootOf({ rows, accounts }: OpenedStore, data: string) {
  using view = rows.view();
  // Opens under the current master key: a keyring of other keys than the rows' is found here.
  const made = await view.get(storeRow, undefined);
  const account = await accounts.named(view, defaultAccountName);
  if (made === undefined || account === undefined) throw lostKeyring(data);
  return account;
}
