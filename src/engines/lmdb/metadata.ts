/**
 * The metadata port on LMDB: one file, any number of processes on one machine
 * (docs/decisions/0001-lmdb.md). Snapshots are LMDB read transactions; `transact` is optimistic and
 * ends in a group commit. It does not check what rows hold: LMDB has no page checksums, and every
 * value carries its own seal.
 */
import { assert, type Fault } from '../../base/refusal.ts';
import { transactWith } from '../attempts.ts';
import { Lanes } from '../lanes.ts';
import type { Metadata, Snapshot, Transaction } from '../metadata.ts';
import type { TrackedTransaction } from '../tracked-transaction.ts';
import { Committer } from './committer.ts';
import { guardExit } from './exit-guard.ts';
import { mapSizeBytesDefault, openEnvironment, type Store } from './environment.ts';
import { LmdbSnapshot, Snapshots, tickMs, type SnapshotRows } from './snapshots.ts';

export interface LmdbMetadataOptions {
  /** The folder of `data.mdb`; made if it is absent. */
  readonly path: string;
  /** Told once, when a commit failed and the engine stopped writing: the process should exit. */
  readonly onFailure: (fault: Fault) => void;
  /** Address space to map at once. Default 4 TiB, or 256 GiB where that may not be had. */
  readonly mapSizeBytes?: number;
}

/** How full the store is, and what holds on to it. */
export interface LmdbStats {
  readonly entries: number;
  /** Reader slots taken in all processes. */
  readonly readers: number;
  /** Snapshots open in this process. */
  readonly snapshots: number;
}

export interface LmdbMetadata extends Metadata {
  stats(): LmdbStats;
}

/** Opens the store at `path`; a file that is damaged or truncated is a `Fault('damaged')`. */
export async function openLmdbMetadata(options: LmdbMetadataOptions): Promise<LmdbMetadata> {
  const store = openEnvironment(options.path, options.mapSizeBytes ?? mapSizeBytesDefault);
  return new Engine(store, options.onFailure);
}

/** How often readers that died with their process are cleared, in ticks. */
const readerCheckTicks = 6;

/** How long a close may wait for lmdb after a failed commit: it may never answer. */
const failedCloseMsMax = 2_000;

class Engine implements LmdbMetadata {
  readonly lanes = new Lanes();
  readonly #store: Store;
  readonly #snapshots: Snapshots;
  readonly #committer: Committer;
  readonly #timer: NodeJS.Timeout;
  readonly #unguard: () => void;
  #ticks = 0;
  #closed = false;

  constructor(store: Store, onFailure: (fault: Fault) => void) {
    this.#store = store;
    this.#snapshots = new Snapshots(store);
    this.#committer = new Committer(store, onFailure);
    this.#unguard = guardExit(() => this.#committer.committing);
    this.#timer = setInterval(() => {
      this.#tick();
    }, tickMs).unref();
  }

  snapshot(): Snapshot {
    return new LmdbSnapshot(this.open());
  }

  async transact<T>(fn: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.#committer.assertWriting();
    return transactWith(this, fn);
  }

  open(): SnapshotRows {
    assert(!this.#closed, 'the metadata engine is closed');
    return this.#snapshots.open();
  }

  async commit(transaction: TrackedTransaction): Promise<string | undefined> {
    if (transaction.writes.size > 0) return this.#committer.commit(transaction);
    using now = this.open();
    return transaction.firstConflict(now);
  }

  stats(): LmdbStats {
    this.#store.resetReadTxn();
    const stats = this.#store.getStats() as Record<'entryCount' | 'numReaders', number>;
    return {
      entries: stats.entryCount,
      readers: stats.numReaders,
      snapshots: this.#snapshots.size,
    };
  }

  async close(): Promise<void> {
    assert(!this.#closed, 'the metadata engine is closed');
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#committer.idle();
    this.#unguard();
    this.#snapshots.endAll();
    const closing = this.#store.close();
    if (!this.#committer.failed) return closing;
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = setTimeout(resolve, failedCloseMsMax);
    await Promise.race([closing, promise]);
    clearTimeout(late);
  }

  #tick(): void {
    this.#ticks += 1;
    this.#snapshots.tick();
    if (this.#ticks % readerCheckTicks === 0) this.#store.readerCheck();
  }
}
