/**
 * Which master key versions the rows of a store name, how many rows each, and whether a keyring opens
 * them: every clear header of the keyspace is read, and of each version one row is opened, the first
 * that is sound: one that is damaged says nothing of a key that others open with. For whoever holds a
 * keyring that may not be this store's, or not all of it.
 */
import { setImmediate } from 'node:timers/promises';
import { Fault } from '../base/refusal.ts';
import { openRow, readHeader, underMasterKey } from '../crypto/envelope.ts';
import type { Entry, Metadata } from '../engines/metadata.ts';
import type { KeysInForce } from '../keys/keys-in-force.ts';
import { BucketNames } from './bucket-names.ts';
import { bucketIdBytes } from './bucket-row.ts';
import { behind, printableKey } from './keyspace.ts';
import { masterKeyKinds } from './master-key-kinds.ts';
import { masterKeyRanges } from './old-rows.ts';
import type { Rows } from './rows.ts';

export interface CoveredStore {
  readonly metadata: Metadata;
  /** Over the keys that are tried. */
  readonly rows: Rows;
  readonly keys: KeysInForce;
}

export interface VersionCoverage {
  readonly version: number;
  /** Rows that name it. */
  readonly rows: number;
  /** The one that was opened, or was to be. */
  readonly row: string;
  /** Why the keyring does not open what this version sealed; undefined where it does. */
  readonly trouble: string | undefined;
}

/** In order of versions. A row whose header cannot be read is passed over: a key does not help it. */
export async function keyCoverage(store: CoveredStore): Promise<readonly VersionCoverage[]> {
  const versions = new Map<number, Met>();
  for await (const entry of entriesOf(store.metadata)) meet(store, versions, entry);
  const names = new BucketNames(store);
  const covered: VersionCoverage[] = [];
  for (const version of [...versions.keys()].sort((a, b) => a - b)) {
    const { rows, some, otherKey } = versions.get(version) ?? nobody;
    const tried = otherKey === undefined ? await firstSound(store, names, some) : undefined;
    const [first = noEntry] = some;
    covered.push({ version, rows, row: nameOf(first), trouble: otherKey, ...tried });
  }
  return covered;
}

/** The first of the rows that opens; the trouble with the first where none does. */
async function firstSound(
  store: CoveredStore,
  names: BucketNames,
  some: readonly Entry[],
): Promise<Pick<VersionCoverage, 'row' | 'trouble'> | undefined> {
  let first: Pick<VersionCoverage, 'row' | 'trouble'> | undefined;
  for (const entry of some) {
    const tried = { row: nameOf(entry), trouble: await troubleWith(store, names, entry) };
    if (tried.trouble === undefined) return tried;
    first ??= tried;
  }
  return first;
}

interface Met {
  rows: number;
  /** Rows of the store come first in key order, and need nothing but the master key. */
  readonly some: Entry[];
  otherKey: string | undefined;
}

const nobody: Met = { rows: 0, some: [], otherKey: undefined };
const noEntry: Entry = { key: Buffer.alloc(0), value: Buffer.alloc(0) };
/** The first few, and then ever fewer: what is damaged together lies together. */
const isTried = (count: number): boolean => count <= 4 || Number.isInteger(Math.log2(count));
const pageRows = 1_000;

async function* entriesOf(metadata: Metadata): AsyncGenerator<Entry, void, void> {
  for (const range of masterKeyRanges) {
    for (let start: Uint8Array | undefined = range.start; start !== undefined;) {
      const page = await readPage(metadata, { start, end: range.end });
      yield* page;
      const last: Entry | undefined = page.at(-1);
      start = last === undefined || page.length < pageRows ? undefined : behind(last.key);
      await setImmediate();
    }
  }
}

async function readPage(
  metadata: Metadata,
  range: { readonly start: Uint8Array; readonly end: Uint8Array },
): Promise<readonly Entry[]> {
  using snapshot = metadata.snapshot();
  return await snapshot.range({ ...range, limit: pageRows });
}

function meet({ keys }: CoveredStore, versions: Map<number, Met>, entry: Entry): void {
  const header = ifSound(() => readHeader(entry.value));
  if (header === undefined || !underMasterKey(header.scheme)) return;
  const { keyVersion, keyId } = header;
  let met = versions.get(keyVersion);
  if (met === undefined) {
    met = { rows: 0, some: [], otherKey: undefined };
    versions.set(keyVersion, met);
  }
  met.rows += 1;
  if (isTried(met.rows)) met.some.push(entry);
  if (met.otherKey !== undefined) return;
  const held = keys.newest.keyring.versions.get(keyVersion);
  if (held?.keyId === undefined) met.otherKey = `it does not hold version ${keyVersion}`;
  else if (Buffer.compare(held.keyId, keyId) !== 0) {
    met.otherKey = `${nameOf(entry)} was sealed by another key of version ${keyVersion}`;
  }
}

async function troubleWith(
  { rows, keys }: CoveredStore,
  names: BucketNames,
  { key, value }: Entry,
): Promise<string | undefined> {
  const { schedule } = keys.newest;
  const header = readHeader(value);
  const { storeId } = schedule;
  const { keyVersion: version } = header;
  const opens = (
    bucketId: Uint8Array | undefined,
    seal: () => ReturnType<typeof schedule.storeKey>,
  ) =>
    ifSound(() => openRow({ value, header, context: { storeId, bucketId, rowKey: key } }, seal()));
  if (header.scheme === 'store') {
    const body = opens(undefined, () => schedule.storeKey(version, 'row'));
    return body === undefined ? `${nameOf({ key, value })} does not open` : undefined;
  }
  const bucketId = key.subarray(1, 1 + bucketIdBytes);
  const named = await names.of(bucketId);
  if (named === undefined) return `the bucket of ${nameOf({ key, value })} does not open`;
  // What is left of a shredded bucket opens with no key.
  if (named.shredded) return undefined;
  using view = rows.view();
  const bucket = await view.bucket(named.name);
  if (bucket === undefined) return undefined;
  const body = opens(bucketId, () => schedule.bucketKeys(version, bucketId, bucket.secret).row);
  return body === undefined ? `${nameOf({ key, value })} does not open` : undefined;
}

const nameOf = ({ key }: Entry): string =>
  `${masterKeyKinds.get(key[0] ?? 0)?.name ?? 'unknown'} row ${printableKey(key)}`;

function ifSound<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
    return undefined;
  }
}
