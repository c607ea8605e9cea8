/**
 * The blob port: immutable ciphertext under ids that are never reused. A blob is written once and
 * never changed. tests/contracts/blobs.ts holds every engine to this contract.
 */
import type { Sealed } from '../base/sealed.ts';

/** Bytes of a blob id: a 12-byte reservation prefix and a 4-byte counter (FORMAT.md §6). */
export const blobIdBytes = 16;

/** 16 bytes, unique for ever. */
export type BlobId = Uint8Array;

export interface ByteRange {
  /** First byte, inclusive. */
  readonly start: number;
  /** End, exclusive; > start. */
  readonly end: number;
}

export interface Blobs {
  /**
   * Stores all of `body` (a chunk becomes the engine's) under `id` and resolves with its length in bytes once data and directory
   * entry are durable. An existing id is a `Defect`, and the existing bytes stay. If `body` or a
   * write fails it rejects, and what was written is removed if it can be; what cannot be removed
   * stays for the sweeper. A failed fsync is never retried: `Fault('unknown')`, and no more writes.
   * A full disk is `Refusal('InsufficientStorage')`.
   */
  write(id: BlobId, body: AsyncIterable<Sealed> | Iterable<Sealed>): Promise<number>;

  /**
   * The bytes of `range`, in order, in chunks of any size (each chunk belongs to the reader). A
   * blob that is missing or ends before `range.end` is a `Fault('damaged')`, at the latest when
   * the shortfall is met. Leaving the iteration early closes the file.
   */
  read(id: BlobId, range: ByteRange): AsyncIterable<Uint8Array>;

  /** Length in bytes, or undefined where there is no such blob. */
  size(id: BlobId): Promise<number | undefined>;

  /** Removes a blob durably. An absent one is not an error. */
  delete(id: BlobId): Promise<void>;

  /** Every blob id there is, in any order; ids written meanwhile may or may not appear. */
  list(): AsyncIterable<BlobId>;

  /** Ids that begin with `prefix` (1 to 16 bytes), found without reading the rest where possible. */
  listPrefix(prefix: Uint8Array): AsyncIterable<BlobId>;

  /** Bytes free on the volume, for metrics and the full-disk rule; undefined where unknown. */
  freeBytes(): Promise<number | undefined>;

  close(): Promise<void>;
}
