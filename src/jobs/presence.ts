/**
 * What a process says of itself while it lives: that it does, and which keyring it holds. A change of
 * the keyring waits for whoever says so, and no longer than a lease for who is dead. Whoever knows
 * for certain that another process is gone clears its row away, and need not wait for it at all.
 */
import { toHex } from '../base/bytes.ts';
import type { Log } from '../base/log.ts';
import { processLeaseMs } from '../rows/process-row.ts';
import { foldProcesses } from '../rows/process-rows.ts';
import type { Rows } from '../rows/rows.ts';

const everyMs = processLeaseMs / 3;
/** What failed is tried again sooner: a rotation may be waiting for it. */
const retryMsMin = 1_000;

export class Presence {
  readonly #rows: Rows;
  readonly #log: Log;
  /** What is being written, to be waited for at the end. */
  readonly #writing = new Set<Promise<void>>();
  /** Ended, and their rows are not cleared away yet. */
  readonly #gone = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #retryMs = retryMsMin;
  #ended = false;

  constructor(rows: Rows, log: Log) {
    this.#rows = rows;
    this.#log = log;
  }

  /** Says it for the first time, and from now on again in time. To be awaited before it serves. */
  async begin(): Promise<void> {
    await this.#rows.announce();
    this.#later(everyMs);
  }

  /** Says it anew at once: this process took a keyring. */
  tell(): void {
    if (!this.#ended) this.#write(this.#say());
  }

  /** Clears away the rows of all other processes: for who holds the data folder's lock, at start. */
  async clearOthers(): Promise<number> {
    const own = toHex(this.#rows.processId);
    return foldProcesses(this.#rows, (id) => toHex(id) !== own);
  }

  /** Clears away the row of a process that has ended, by its id in hexadecimal. */
  gone(processId: string): void {
    if (this.#ended) return;
    this.#gone.add(processId);
    // One at a time: all of them are added to one row.
    if (this.#gone.size === 1) this.#write(this.#clearGone());
  }

  /** Says nothing more; resolves when nothing is being written. */
  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#writing);
  }

  #write(written: Promise<void>): void {
    this.#writing.add(written);
    void written.finally(() => this.#writing.delete(written));
  }

  async #say(): Promise<void> {
    clearTimeout(this.#timer);
    const failure = await failureOf(this.#rows.announce());
    if (failure === undefined) {
      this.#retryMs = retryMsMin;
      this.#later(everyMs);
      return;
    }
    this.#log.warn('this process could not say that it lives and which keyring it holds', {
      error: failure,
      afterMs: this.#retryMs,
    });
    this.#later(this.#retryMs);
    this.#retryMs = Math.min(everyMs, this.#retryMs * 2);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#ended) return;
    this.#timer = setTimeout(() => this.tell(), ms);
    this.#timer.unref();
  }

  async #clearGone(): Promise<void> {
    while (this.#gone.size > 0) {
      const ids = new Set(this.#gone);
      const failure = await failureOf(foldProcesses(this.#rows, (id) => ids.has(toHex(id))));
      for (const id of ids) this.#gone.delete(id);
      if (failure === undefined) continue;
      // Their leases end by themselves, and the next start clears them away.
      this.#log.warn('rows of processes that ended were not cleared away', { error: failure });
    }
  }
}

async function failureOf(promise: Promise<unknown>): Promise<Error | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
}
