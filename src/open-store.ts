/**
 * Opens the store of a data folder, or makes it. The order of a first start is what makes every
 * kill in between harmless: root of trust (a key file holds the store's id) → credentials file → keyring
 * file → one transaction that makes the store → the root key file says so. Each step is finished by
 * the next start; and a root key file that says "initialised" beside an empty folder is an
 * unmounted disk, never a reason to make a new store.
 */
import { join } from 'node:path';
import { AccessKeys, generateKey, type GivenKey } from './access/access-keys.ts';
import { Accounts, defaultAccountName } from './access/accounts.ts';
import { Users } from './access/users.ts';
import { randomId } from './base/ids.ts';
import type { Fault } from './base/refusal.ts';
import { StartError } from './base/start-error.ts';
import { systemClock } from './base/time.ts';
import { keeperLocation, keeperText, type KeeperSetting } from './config/keeper-setting.ts';
import { credentialsPathOf, hasCredentialsFile, writeCredentialsFile } from './credentials-file.ts';
import type { Blobs } from './engines/blobs.ts';
import { openFileBlobs } from './engines/files/blobs.ts';
import { openLmdbMetadata, type LmdbMetadata } from './engines/lmdb/metadata.ts';
import { assertCanaries } from './keys/canary.ts';
import type { Keeper } from './keys/keeper.ts';
import {
  type KeyringReference,
  readKeyringFile,
  readKeyringHead,
  removeReplaced,
  writeKeyringFile,
} from './keys/keyring-file.ts';
import { mintFirstKeyring } from './keys/keyring.ts';
import { KeysInForce, openedKeys, type OpenedKeys } from './keys/keys-in-force.ts';
import { patiently, type Patience } from './keeper-patience.ts';
import { type KeeperHow, makeKeeper, openKeeper, type RootOfTrust } from './keepers.ts';
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
  /** The root of trust. */
  readonly keeper: KeeperSetting;
  readonly how: KeeperHow;
  /** For a keeper that cannot be reached yet; without it the first trouble ends the start. */
  readonly patience?: Patience;
  readonly region: string;
  readonly given: GivenKey | undefined;
}

/** What a start found or did, for the banner. */
export interface Start {
  readonly store: OpenedStore;
  /** Opened the keyring, and seals what follows it. */
  readonly keeper: Keeper;
  readonly root: RootOfTrust;
  readonly firstStart: boolean;
  /** The access key id of the default account's root. */
  readonly rootAccessKeyId: string;
  /** Where the generated secret was written; undefined when it was given. */
  readonly credentialsPath: string | undefined;
  /** What an operator should know about the root of trust. */
  readonly warning: string | undefined;
}

/**
 * Throws the `StartError` of an unmounted disk: before anything is made in the place where the disk
 * will be mounted. The key file is read first: who made it just now has marked the folder before.
 */
export async function refuseUnmounted(
  { data, keeper, how }: Pick<StorePlace, 'data' | 'keeper' | 'how'>,
  isUnused: (folder: string) => Promise<boolean>,
): Promise<void> {
  if (keeper.kind === 'file') {
    const known = await openKeeper(keeper, how);
    if (known?.store?.initialised === true && (await isUnused(data))) {
      throw unmounted(data, keeper.path);
    }
  } else if ((await hasCredentialsFile(data)) && (await isUnused(data))) {
    throw new StartError(
      `${credentialsPathOf(data)} belongs to a store that was made in ${data}, but that folder is empty. ` +
        'Is its disk mounted? To begin a new store here, move that file away.',
    );
  }
}

/** For the process that holds the data folder's lock: opens or makes the store. */
export async function startStore(place: StorePlace): Promise<Start> {
  const engines = await openEngines(place);
  const reference = await readKeyringReference(engines.metadata);
  const firstStart = reference === undefined;
  const { root, keys } =
    reference === undefined ? await makeKeys(place, engines) : await openKeys(place, reference);
  const store = assemble(engines, keys);
  const credentialsPath = credentialsPathOf(place.data);
  if (firstStart) await makeStore(place, store, credentialsPath);
  else await checkCanaries(place, store);
  await root.markInitialised();
  const settled = await root.keeper.settle?.();
  const rootAccessKeyId = await rootAccount(store, place);
  const replaced = await removeReplaced(keyringFolder(place.data), keys.reference);
  const told = [root.warning, settled, toldReplaced(replaced)];
  return {
    store,
    keeper: root.keeper,
    root,
    firstStart,
    rootAccessKeyId,
    credentialsPath: place.given === undefined ? credentialsPath : undefined,
    warning: told.filter((text) => text !== undefined).join(' ') || undefined,
  };
}

const toldReplaced = (names: readonly string[]): string | undefined =>
  names.length === 0
    ? undefined
    : `The keyring files that another root of trust sealed are removed: ${names.join(', ')}. Keep that one for backups of before.`;

/** For a worker: the keyring comes opened from the primary. */
export async function joinStore(place: EnginePlace, keys: OpenedKeys): Promise<OpenedStore> {
  return assemble(await openEngines(place), keys);
}

/** For a command where no server runs: opens the store that is there, and makes nothing. */
export async function openExistingStore(
  place: StorePlace,
): Promise<{ readonly store: OpenedStore; readonly root: RootOfTrust }> {
  const engines = await openEngines(place);
  await using unused = new AsyncDisposableStack();
  unused.defer(() => closeEngines(engines));
  const reference = await readKeyringReference(engines.metadata);
  if (reference === undefined) {
    throw new StartError(
      `The data folder ${place.data} holds no store yet: "coffer serve" makes one.`,
    );
  }
  const { root, keys } = await openKeys(place, reference);
  const store = assemble(engines, keys);
  await checkCanaries(place, store);
  unused.move();
  return { store, root };
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

interface KeysAndRoot {
  readonly root: RootOfTrust;
  readonly keys: OpenedKeys;
}

/** Where a data folder has its keyring files. */
export const keyringFolder = (data: string): string => join(data, 'keys');

async function openKeys(place: StorePlace, reference: KeyringReference): Promise<KeysAndRoot> {
  const { data, keeper: setting, how } = place;
  const folder = keyringFolder(data);
  const head = await readKeyringHead(folder, reference);
  const { sealedBy } = head;
  // Asking another kind of keeper would only wait for it in vain.
  if (sealedBy !== undefined && sealedBy.kind !== setting.kind) {
    const right = `${sealedBy.kind}:${sealedBy.location}`;
    throw new StartError(
      `The keyring in ${folder} was sealed by ${right}, but --keeper names ${keeperText(setting)}: ` +
        `start with --keeper ${right} (COFFER_KEEPER).`,
    );
  }
  return patientlyAt(place, async () => {
    const root = await openKeeper(setting, how);
    if (root === undefined) throw missing(setting, data);
    const { keeper, store } = root;
    const storeId = store?.id ?? head.storeId;
    const keyring = await readKeyringFile({ folder, keeper, storeId }, reference);
    return { root, keys: openedKeys(keyring, reference) };
  });
}

/** No key is ever minted on a folder that holds anything. */
async function makeKeys(place: StorePlace, { metadata, blobs }: Engines): Promise<KeysAndRoot> {
  const { data, keeper: setting, how } = place;
  if (metadata.stats().entries > 0) throw lostKeyring(data);
  for await (const _ of blobs.list()) throw lostKeyring(data);
  return patientlyAt(place, async () => {
    const known = setting.kind === 'file' ? await openKeeper(setting, how) : undefined;
    if (known?.store?.initialised === true) throw unmounted(data, keeperLocation(setting));
    const root = known ?? (await makeKeeper(setting, how));
    const keyring = mintFirstKeyring(root.store?.id ?? randomId(), systemClock());
    const reference = await writeKeyringFile(keyringFolder(data), keyring, root.keeper);
    return { root, keys: openedKeys(keyring, reference) };
  });
}

const patientlyAt = <T>({ patience }: StorePlace, attempt: () => Promise<T>): Promise<T> =>
  patience === undefined ? attempt() : patiently(patience, attempt);

function missing(setting: KeeperSetting, data: string): StartError {
  return new StartError(
    `The root key file ${keeperLocation(setting)} is missing, and the store in ${data} cannot be opened without it. ` +
      'Put its backup there, or name its place with --keeper file:PATH. Where there is no backup, a recovery kit opens the store: coffer keys restore KIT.',
  );
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

/** Two rows open, and every key of the keyring is the one that sealed what names it. */
async function checkCanaries({ data }: StorePlace, { rows, keys }: OpenedStore): Promise<void> {
  using view = rows.view();
  // Opens under the current master key: a keyring of other keys than the rows' is found here.
  const made = await view.get(storeRow, undefined);
  if (made === undefined) throw lostKeyring(data);
  assertCanaries(keys.newest.keyring, made.canaries);
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
  const account = await accounts.named(view, defaultAccountName);
  if (account === undefined) throw lostKeyring(data);
  return account;
}
