/**
 * The metadata port: an ordered, transactional key-value store. Everything that Coffer knows is
 * rows in it; everything above is a layer. The comments on each method are the contract, and
 * tests/contracts/metadata.ts holds every engine to it.
 *
 * Keys are at most `metadataKeyBytesMax` bytes and are ordered as unsigned bytes (memcmp).
 * Values are at most `metadataValueBytesMax` bytes. Engines know nothing of S3 or of keys.
 */
import type { Sealed } from '../base/sealed.ts';

/** The longest key an engine must hold (FORMAT.md §2): a 1,024-NUL object key fits. */
export const metadataKeyBytesMax = 2_500;

/** The longest value an engine must hold: a manifest page is the largest row. */
export const metadataValueBytesMax = 512 * 1024;

/** One row as an engine gives it back: untrusted until opened. Both belong to the caller. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface RangeQuery {
  /** First key, inclusive. */
  readonly start: Uint8Array;
  /** End, exclusive. */
  readonly end: Uint8Array;
  /** At most this many entries; at least 1. */
  readonly limit: number;
  /** From the end downwards. Default false. */
  readonly reverse?: boolean;
}

export interface PrefixesQuery {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  /** The bytes that every key of the range begins with; the delimiter is sought behind them. */
  readonly prefixBytes: number;
  /** The byte string that ends a common prefix; not empty. */
  readonly delimiter: Uint8Array;
  /** At most this many results, rows and prefixes counted together; at least 1. */
  readonly limit: number;
}

/** Either a row without the delimiter behind the prefix, or a common prefix (delimiter included). */
export type PrefixesResult =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'prefix'; readonly prefix: Uint8Array };

/** Reads that all see one moment of the store. */
export interface Reader {
  /** The value of `key`, or undefined where there is none. */
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** Entries of [start, end) in key order (reverse: descending), fewer than `limit` only at the end. */
  range(query: RangeQuery): Promise<readonly Entry[]>;
}

/**
 * A read-only view opened after `snapshot()` was called: it sees every transaction that any
 * process acknowledged before. Dispose it as soon as the rows are read; engines may limit how
 * long it lives (60 s), and reading from one disposed or expired is a `Fault`.
 */
export interface Snapshot extends Reader, Disposable {
  /** Rows and common prefixes of a range in key order; a prefix is given once, at its place. */
  prefixes(query: PrefixesQuery): Promise<readonly PrefixesResult[]>;
}

/**
 * The view and the writes of one attempt. `get` sees this transaction's own writes; `range` sees
 * the snapshot only, and asking for a range that holds a buffered write is a `Defect`.
 * Every read is tracked, absent keys and ranges too: at commit each must read the same.
 */
export interface Transaction extends Reader {
  /** Buffers a write. Copies neither: the caller gives both away. */
  put(key: Uint8Array, value: Sealed): void;
  /** Buffers a removal. Removing what is absent is not an error. */
  delete(key: Uint8Array): void;
}

export interface Metadata {
  /** Opens a view. Cheap: once a request. */
  snapshot(): Snapshot;

  /**
   * Runs `fn` on a fresh snapshot, then commits what it wrote if all it read is still so, else
   * runs it again on a newer snapshot. Resolves with `fn`'s result only when the commit is durable
   * (fsynced). Ends in exactly one of:
   * - resolved: committed and durable;
   * - `fn` threw: nothing was written, its error is passed on;
   * - `Fault('busy')`: conflicts outlasted `transactAttemptsMax`; nothing was written;
   * - `Fault('unknown')`: the commit failed midway. The store may or may not hold the writes: the
   *   caller deletes nothing and repeats nothing. The engine accepts no more writes.
   * `fn` awaits nothing but this transaction, has no other effect, and may run many times.
   * A transaction that wrote nothing needs no fsync, but its reads are validated all the same.
   */
  transact<T>(fn: (transaction: Transaction) => Promise<T>): Promise<T>;

  /** Waits for commits in flight and closes. Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** Attempts before contention is reported as `Fault('busy')`. */
export const transactAttemptsMax = 64;
