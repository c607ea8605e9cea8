/**
 * Snapshots of an LMDB environment. Each is a read transaction begun after it was asked for:
 * lmdb otherwise reuses one read transaction for a whole turn of the event loop, and what another
 * process acknowledged meanwhile would not be seen.
 *
 * An open read transaction keeps every page freed since from being reused, so none may stay open
 * for long: one that outlives `lifeTicks` ticks of the engine's timer is closed under its owner,
 * whose next read is a Fault. Ticks, not clock readings, keep opening one cheap.
 */
import { assertKey, assertPrefixes, assertRange } from '../bounds.ts';
import type { Entry, PrefixesQuery, PrefixesResult, RangeQuery, Snapshot } from '../metadata.ts';
import type { ReadTransaction, Store } from './environment.ts';
import { asFault } from './errors.ts';
import { LmdbRows } from './rows.ts';

/** Time between two ticks. */
export const tickMs = 10_000;

/** A snapshot lives 60 to 70 s: the ticks of the port's 60 s, and the one it was opened in. */
const lifeTicks = 7;

export class Snapshots {
  readonly #store: Store;
  readonly #open = new Set<SnapshotRows>();
  #tick = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Rows as they are now, for one transaction attempt or, inside a `LmdbSnapshot`, one request. */
  open(): SnapshotRows {
    try {
      this.#store.resetReadTxn();
      const transaction = this.#store.useReadTransaction();
      return new SnapshotRows(this.#store, transaction, { siblings: this.#open, tick: this.#tick });
    } catch (error) {
      throw asFault(error, 'opening a metadata snapshot');
    }
  }

  get size(): number {
    return this.#open.size;
  }

  /** Ends what was opened too many ticks ago; a set is in order of opening. */
  tick(): void {
    this.#tick += 1;
    for (const rows of this.#open) {
      if (rows.tick + lifeTicks > this.#tick) return;
      rows.release('the snapshot outlived its 60 seconds');
    }
  }

  endAll(): void {
    for (const rows of this.#open) rows.release('the metadata engine was closed');
  }
}

interface OpenedAt {
  readonly siblings: Set<SnapshotRows>;
  readonly tick: number;
}

/** Rows that hold a read transaction until they are disposed or expire. */
export class SnapshotRows extends LmdbRows implements Disposable {
  readonly tick: number;
  readonly #siblings: Set<SnapshotRows>;
  readonly #transaction: ReadTransaction;

  constructor(store: Store, transaction: ReadTransaction, opened: OpenedAt) {
    super(store, { transaction });
    this.#transaction = transaction;
    this.tick = opened.tick;
    this.#siblings = opened.siblings.add(this);
  }

  release(reason: string): void {
    // Twice is once: lmdb counts the users of a read transaction that snapshots share.
    if (!this.#siblings.delete(this)) return;
    this.end(reason);
    this.#transaction.done();
  }

  [Symbol.dispose](): void {
    this.release('the snapshot was disposed');
  }
}

export class LmdbSnapshot implements Snapshot {
  readonly #rows: SnapshotRows;

  constructor(rows: SnapshotRows) {
    this.#rows = rows;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    assertKey(key);
    return this.#rows.get(key);
  }

  async range(query: RangeQuery): Promise<readonly Entry[]> {
    assertRange(query);
    return this.#rows.range(query);
  }

  async prefixes(query: PrefixesQuery): Promise<readonly PrefixesResult[]> {
    assertPrefixes(query);
    return this.#rows.prefixes(query);
  }

  [Symbol.dispose](): void {
    this.#rows.release('the snapshot was disposed');
  }
}
