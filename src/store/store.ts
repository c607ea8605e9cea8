/**
 * What an object store means, as the S3 dialect, the admin API and the jobs see it. Nothing above
 * this interface sees ciphertext or rows; nothing in it knows HTTP, XML or signatures.
 *
 * Reads take a `View`: all reads of a request see one moment. Writes open transactions of their own
 * and resolve only when durable. Methods throw `Refusal` for what a client did, `Fault` for trouble.
 */
import type { RowView } from '../rows/rows.ts';
import type { Buckets } from './buckets.ts';
import type { Listing } from './listing.ts';
import type { Objects } from './objects.ts';
import type { Uploads } from './uploads.ts';

/** One moment of the store. Dispose as soon as the rows are read. */
export type View = RowView;

export interface Store {
  /** Opens a view that sees everything acknowledged before, by any process. */
  view(): View & Disposable;
  /**
   * The store for one request that was decided about these buckets (name → id; the map may grow).
   * Another bucket that was given one of these names meanwhile is not there: nothing that was
   * allowed for the first is done to it.
   */
  within(decided: ReadonlyMap<string, Uint8Array>): Store;
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly uploads: Uploads;
  readonly listing: Listing;
}
