/**
 * What a kind of row is: its number, its key, its body (FORMAT.md §2.1 and §7). One small file a
 * kind; rows.ts reads and writes all of them alike. A kind knows nothing of keys that seal.
 */

/** A value as bytes. `clear` stands readable in the row; it is usually absent. */
export interface EncodedRow {
  readonly clear?: Uint8Array;
  readonly body: Uint8Array;
}

/** A row whose seal was opened. */
export interface OpenedRow {
  readonly clear: Buffer;
  readonly body: Buffer;
  /** The master key version that sealed the row; wraps inside it have the same. */
  readonly keyVersion: number;
}

/** Objects come by the million; they must not push out what every request reads. */
export type CacheName = 'settings' | 'objects';

/** What of a kind its seal depends on. */
export interface Kind<V> {
  /** Part of the format. */
  readonly code: number;
  readonly name: string;
  readonly scheme: 'store' | 'bucket';
  /** The cache of opened rows, used again while the stored bytes stay the same; undefined: none. */
  readonly cached: CacheName | undefined;
  /** `keyVersion` is what the row will be sealed under: a wrap of another version is a `Defect`. */
  encode(value: V, keyVersion: number): EncodedRow;
  /** A body of the wrong shape is `Fault('damaged')`. */
  decode(row: OpenedRow): V;
}

/** A kind that belongs to the store. `K` is its key's fields. */
export interface StoreRowKind<K, V> extends Kind<V> {
  readonly scheme: 'store';
  encodeKey(key: K): Buffer;
  decodeKey(key: Uint8Array): K;
  /** The name by which the directory lists such a row; undefined for kinds it does not list. */
  readonly directoryName?: (key: K) => string;
}

/** A kind that belongs to a bucket; the bucket's id stands in front of the fields of `K`. */
export interface BucketRowKind<K, V> extends Kind<V> {
  readonly scheme: 'bucket';
  encodeKey(bucketId: Uint8Array, key: K): Buffer;
  decodeKey(key: Uint8Array): K;
}
