/**
 * The rows as the rooms above read and write them: typed, opened and sealed here, under the keys in
 * force (FORMAT.md §4). Nothing above this sees a sealed row. The fence: a transaction that seals reads the
 * keyring row, and inside a bucket the bucket row, so nothing is ever committed under a master key
 * that is no longer current.
 *
 * Absence is `undefined`, except that a row which another row says there is and is not there is
 * `Fault('damaged')`. So is a row that does not open; its message, for the log, names it.
 */
import type { Clock } from '../base/time.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { readHeader } from '../crypto/envelope.ts';
import type { Metadata } from '../engines/metadata.ts';
import type { KeysInForce, OpenedKeys } from '../keys/keys-in-force.ts';
import type { KeyringReference } from '../keys/keyring-file.ts';
import type { BucketConfigKind } from './bucket-config-row.ts';
import type { BucketSettings } from './bucket-row.ts';
import { decodeKeyringReference, keyringRow } from './keyring-row.ts';
import type { KeyRange } from './keyspace.ts';
import type { ManifestPart } from './manifest-row.ts';
import type { PayloadOwner } from './payload-row.ts';
import type { Resealed } from './reseal.ts';
import type { BucketRowKind, StoreRowKind } from './row-kind.ts';
import type { OpenBucket } from './row-seals.ts';
import type { DecidedBuckets } from './reads.ts';
import type { StoredDataKey } from './wrapped-key-body.ts';

export { openRows } from './engine-rows.ts';
export type { DecidedBuckets } from './reads.ts';
export type { OpenBucket } from './row-seals.ts';

export interface Row<K, V> {
  readonly key: K;
  readonly value: V;
}

export interface RowRange extends KeyRange {
  /** At least 1. */
  readonly limit: number;
}

/** Where a data key belongs inside its bucket. */
export interface DataKeyPlace {
  readonly purpose: 'version' | 'upload';
  readonly objectKey: string;
  /** The version or upload id. */
  readonly id: Uint8Array;
}

/** A payload row that was read and not opened. */
export interface SealedPayload {
  /** The bytes of an inline blob. Needs no view. */
  inline(dataKey: DataKey, owner: PayloadOwner): Buffer;
  /** Proves the twin of a file, a marker or an object without parts. */
  twin(dataKey: DataKey, owner: PayloadOwner): void;
}

export interface BucketReads {
  get<K, V>(kind: BucketRowKind<K, V>, key: K): Promise<V | undefined>;
  /** Bounds are whole keys of this bucket (keyspace.ts). */
  range<K, V>(kind: BucketRowKind<K, V>, query: RowRange): Promise<readonly Row<K, V>[]>;
  /** A configuration, or undefined where the bucket names none. */
  config<V>(kind: BucketConfigKind<V>): Promise<V | undefined>;
  /** The data key in a wrap. */
  openDataKey(place: DataKeyPlace, stored: StoredDataKey): DataKey;
  /** The payload row of a blob; a missing one is damage. */
  payload(blobId: Uint8Array): Promise<SealedPayload>;
  /** Whether a blob has a payload row: something refers to it. Does not open the row. */
  hasPayload(blobId: Uint8Array): Promise<boolean>;
  /** A page (from 0) of a version's parts; a missing one is damage. */
  manifest(versionId: Uint8Array, page: number, dataKey: DataKey): Promise<readonly ManifestPart[]>;
}

/** A row, or everything that begins with a common prefix, delimiter included. */
export type Grouped<V> =
  | { readonly kind: 'row'; readonly key: string; readonly value: V }
  | { readonly kind: 'prefix'; readonly prefix: string };

export interface BucketView extends BucketReads {
  /**
   * Rows of a kind whose only field is the object key, grouped by the delimiter behind `prefix`.
   * `start` and `end` lie within `prefix`; the delimiter is not empty.
   */
  grouped<V>(
    kind: BucketRowKind<string, V>,
    query: KeyRange & {
      readonly prefix: string;
      readonly delimiter: string;
      readonly limit: number;
    },
  ): Promise<readonly Grouped<V>[]>;
}

export interface StoreReads {
  get<K, V>(kind: StoreRowKind<K, V>, key: K): Promise<V | undefined>;
  range<K, V>(kind: StoreRowKind<K, V>, query: RowRange): Promise<readonly Row<K, V>[]>;
  /** A bucket with its keys; undefined where there is none, or none any more: it was shredded. */
  bucket(name: string): Promise<OpenBucket | undefined>;
}

/** All reads of it see one moment of the store. Dispose it as soon as the rows are read. */
export interface RowView extends StoreReads, Disposable {
  /** The rows of a bucket that this view opened. */
  in(bucket: OpenBucket): BucketView;
}

/**
 * One attempt of a transaction. Reads are tracked; writes are sealed under the current version and
 * buffered. It has read the keyring row, and the row of every bucket that it opened: when one of
 * them changes, the attempt does not commit. Nothing of one attempt may be used in the next.
 */
export interface RowTransaction extends StoreReads {
  /** The rows of a bucket that this transaction opened. */
  in(bucket: OpenBucket): BucketTransaction;
  /** Writes a row; a new one of a kind that the directory lists needs `create`. */
  put<K, V>(kind: StoreRowKind<K, V>, key: K, value: V): void;
  delete<K, V>(kind: StoreRowKind<K, V>, key: K): void;
  /** Writes a new row of a kind that the directory lists, and lists it. */
  create<K, V>(kind: StoreRowKind<K, V>, key: K, value: V): Promise<void>;
  /** Removes a row of a kind that the directory lists, and its name there. */
  remove<K, V>(kind: StoreRowKind<K, V>, key: K): Promise<void>;
  /** Makes a bucket with a new secret, and lists it. */
  createBucket(name: string, row: BucketSettings): Promise<OpenBucket>;
  /** Writes a bucket's row, its secret wrapped anew. The given bucket is not to be used again. */
  changeBucket(bucket: OpenBucket, row: BucketSettings): OpenBucket;
  /** Destroys a bucket's secret: its row stays without, and to all who read there is no bucket. */
  shredBucket(bucket: OpenBucket, shreddedAt: Date): void;
  /**
   * Seals rows of the store, bucket rows among them, anew under the current version and changes
   * nothing else of them. Nothing else may be done with these rows in the same attempt.
   */
  reseal(rowKeys: readonly Uint8Array[]): Promise<Resealed>;
  /** Removes rows of a shredded bucket, at most `limit`, without opening any. */
  removeShredded(name: string, removal: ShreddedRemoval): Promise<ShreddedStep>;
}

export interface ShreddedRemoval {
  readonly limit: number;
  /** From when on the blob files of what is removed are trash. */
  readonly now: Date;
}

export interface ShreddedStep {
  readonly rows: number;
  /** Trash rows that were made, for blob files and for twins of nothing. */
  readonly trash: number;
  /** Nothing is left: the bucket's own row is removed too, and its name is free. */
  readonly done: boolean;
}

export interface BucketTransaction extends BucketReads {
  put<K, V>(kind: BucketRowKind<K, V>, key: K, value: V): void;
  delete<K, V>(kind: BucketRowKind<K, V>, key: K): void;
  /** Sets or removes a configuration and its name in the bucket's row; gives the changed bucket. */
  setConfig<V>(kind: BucketConfigKind<V>, value: V | undefined): OpenBucket;
  /** Wraps a data key under the current version. */
  wrapDataKey(place: DataKeyPlace, dataKey: DataKey): StoredDataKey;
  /** `blobId` must be new in every attempt: one payload key seals one payload. */
  putInline(blobId: Uint8Array, owner: PayloadOwner, dataKey: DataKey, body: Uint8Array): void;
  putTwin(blobId: Uint8Array, owner: PayloadOwner, dataKey: DataKey): void;
  deletePayload(blobId: Uint8Array): void;
  putManifest(
    versionId: Uint8Array,
    page: number,
    dataKey: DataKey,
    parts: readonly ManifestPart[],
  ): void;
  deleteManifest(versionId: Uint8Array, page: number): void;
  /** As `RowTransaction.reseal`, for rows of this bucket. */
  reseal(rowKeys: readonly Uint8Array[]): Promise<Resealed>;
}

export interface Rows {
  /** 16 bytes. */
  readonly storeId: Uint8Array;
  /** 16 bytes, new for every process: names its process row and its reservations. */
  readonly processId: Uint8Array;
  /** A view that sees everything acknowledged before, by any process. */
  view(): RowView;
  /**
   * The same rows for a request that was decided about these buckets (by name; the map may grow):
   * another bucket that was given one of these names meanwhile is, to all views and transactions, not
   * there.
   */
  within(decided: DecidedBuckets): Rows;
  /** As `Metadata.transact`, with the same four ends; `fn` awaits only its transaction. */
  transact<T>(fn: (transaction: RowTransaction) => Promise<T>): Promise<T>;
  /**
   * The first transaction of a store: makes the keyring row and the store row, and whatever `fn`
   * adds. False, and nothing done, where the store is initialised already.
   */
  initialise(region: string, fn: (transaction: RowTransaction) => Promise<void>): Promise<boolean>;
  /**
   * Says in the process row that this process lives and holds the newest keyring it was given; to be
   * repeated within a third of `processLeaseMs`. A rotation waits for who says so.
   */
  announce(): Promise<void>;
  /**
   * Compare-and-set of the keyring row: `to`, whose file is durable, follows the newest keyring that
   * this process was given, and is taken. What `fn` writes is sealed under `to`.
   */
  changeKeyring(
    to: OpenedKeys,
    fn?: (transaction: RowTransaction) => Promise<boolean>,
  ): Promise<KeyringChange>;
}

/** `superseded`: another keyring is in force; `declined`: `fn` said no. Neither wrote anything. */
export type KeyringChange = 'changed' | 'superseded' | 'declined';

export interface RowsOptions {
  readonly metadata: Metadata;
  /** Asked at each view and each attempt, so that a rotation may replace them. */
  readonly keys: KeysInForce;
  readonly clock: Clock;
}

/** The master key version that sealed the keyring row, as it says in clear; 0 where there is none. */
export async function keyringRowVersion(metadata: Metadata): Promise<number> {
  using snapshot = metadata.snapshot();
  const value = await snapshot.get(keyringRow.encodeKey(undefined));
  return value === undefined ? 0 : readHeader(value).keyVersion;
}

/** The keyring that is in force, as the store says in clear before any key is known. */
export async function readKeyringReference(
  metadata: Metadata,
): Promise<KeyringReference | undefined> {
  using snapshot = metadata.snapshot();
  const value = await snapshot.get(keyringRow.encodeKey(undefined));
  return value && decodeKeyringReference(readHeader(value).clear);
}
