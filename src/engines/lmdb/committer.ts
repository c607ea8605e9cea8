/**
 * Group commit. Transactions that wait while one LMDB commit runs are validated and applied
 * together in the next one, in the order they came, so one pair of disk flushes makes many durable.
 * Each is told the outcome only after LMDB's commit, which syncs data and then the meta page.
 *
 * The first failed commit is the last: its transactions end `unknown`, those still waiting were
 * never begun and end `unavailable`, and `onFailure` is told so that the process can exit. What a
 * failed sync left in the page cache is not to be trusted by anything that goes on.
 */
import { Fault } from '../../base/refusal.ts';
import type { TrackedTransaction } from '../tracked-transaction.ts';
import type { Store } from './environment.ts';
import { LmdbRows } from './rows.ts';

/** Transactions in one commit: bounds how long the event loop is held while they are applied. */
const groupMax = 256;

/**
 * lmdb never settles a commit whose write transaction could not be begun. Longer than any flush of
 * a disk that still works.
 */
const commitMsMax = 120_000;

/** How long lmdb may take to say why a commit failed. */
const reasonMsMax = 1_000;

interface Waiting {
  readonly transaction: TrackedTransaction;
  conflict: string | undefined;
  readonly resolve: (conflict: string | undefined) => void;
  readonly reject: (fault: Fault) => void;
}

export class Committer {
  readonly #store: Store;
  readonly #onFailure: (fault: Fault) => void;
  readonly #current: LmdbRows;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #committing = false;
  #failure: Fault | undefined;

  constructor(store: Store, onFailure: (fault: Fault) => void) {
    this.#store = store;
    this.#onFailure = onFailure;
    this.#current = new LmdbRows(store, {});
  }

  /** Resolves once durable, or with the name of the read that conflicted. */
  commit(transaction: TrackedTransaction): Promise<string | undefined> {
    this.assertWriting();
    return new Promise((resolve, reject) => {
      this.#queue.push({ transaction, conflict: undefined, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  assertWriting(): void {
    if (this.#failure !== undefined) throw this.#refusal(this.#failure);
  }

  /** Waits for the commits under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Whether lmdb is at a commit: it has not said how that ended. */
  get committing(): boolean {
    return this.#committing;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && this.#failure === undefined) {
      let group: readonly Waiting[] = [];
      try {
        await this.#inTime(
          this.#store.transaction(() => {
            group = this.#queue.splice(0, groupMax);
            for (const waiting of group) this.#apply(waiting);
          }),
        );
      } catch (error) {
        await this.#fail(error, group);
        break;
      }
      for (const { conflict, resolve } of group) resolve(conflict);
    }
    this.#running = undefined;
  }

  /** Inside the write transaction: sees what earlier members of the group wrote. */
  #apply(waiting: Waiting): void {
    const { transaction } = waiting;
    waiting.conflict = transaction.firstConflict(this.#current);
    if (waiting.conflict !== undefined) return;
    for (const { key, value } of transaction.writes.values()) {
      // Inside a write transaction lmdb's put and remove are done when they return.
      if (value === undefined) void this.#store.remove(key);
      else void this.#store.put(key, value);
    }
  }

  async #inTime(commit: Promise<unknown>): Promise<void> {
    this.#committing = true;
    const ended = (): void => {
      this.#committing = false;
    };
    void commit.then(ended, ended);
    const { promise, reject } = Promise.withResolvers<never>();
    const late = setTimeout(() => {
      reject(new Error(`no outcome within ${commitMsMax / 1000} s`));
    }, commitMsMax);
    try {
      await Promise.race([commit, promise]);
    } finally {
      clearTimeout(late);
    }
  }

  async #fail(error: unknown, group: readonly Waiting[]): Promise<void> {
    const cause = error instanceof Error ? await reasonOf(error) : error;
    const message = cause instanceof Error ? cause.message : String(cause);
    this.#failure = new Fault('unknown', `a metadata commit failed: ${message}`, { cause });
    for (const { reject } of group) reject(this.#failure);
    for (const { reject } of this.#queue.splice(0)) reject(this.#refusal(this.#failure));
    this.#onFailure(this.#failure);
  }

  #refusal(failure: Fault): Fault {
    return new Fault('unavailable', 'the metadata engine stopped writing', { cause: failure });
  }
}

/** lmdb rejects a failed commit at once and gives the reason in a promise of its own. */
async function reasonOf(failed: Error): Promise<unknown> {
  const { commitError } = failed as { commitError?: unknown };
  if (!(commitError instanceof Promise)) return failed;
  const { promise, resolve } = Promise.withResolvers<Error>();
  const late = setTimeout(() => {
    resolve(failed);
  }, reasonMsMax);
  try {
    return await Promise.race([commitError, promise]);
  } catch (reason) {
    return reason;
  } finally {
    clearTimeout(late);
  }
}
