/**
 * The minimum-progress rule. While Coffer waits for a client (to send its body, or to take its
 * reply) the client must move at least a given number of bytes a second, averaged over a window of
 * waiting time. There is never a limit on the total time: an honest 5 GiB upload over a slow line
 * passes, a socket that drips or stands still does not.
 *
 * Time in which Coffer itself is busy does not count. One timer serves all sockets of a server.
 */

export interface ProgressRule {
  readonly progressBytesPerSecondMin: number;
  readonly progressWindowMs: number;
}

/** Looks after everything that waits for a client. */
export class ProgressWatch implements Disposable {
  readonly rule: ProgressRule;
  readonly #waits = new Set<Wait>();
  readonly #timer: NodeJS.Timeout;
  readonly #beforeSweep: (() => void) | undefined;

  /** `beforeSweep` may add waits that were not worth adding at once. */
  constructor(rule: ProgressRule, beforeSweep?: () => void) {
    this.rule = rule;
    this.#beforeSweep = beforeSweep;
    this.#timer = setInterval(() => this.#sweep(), Math.max(5, rule.progressWindowMs / 8));
    this.#timer.unref();
  }

  add(wait: Wait): void {
    this.#waits.add(wait);
  }

  delete(wait: Wait): void {
    this.#waits.delete(wait);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#waits.clear();
  }

  #sweep(): void {
    this.#beforeSweep?.();
    const now = performance.now();
    for (const wait of this.#waits) wait.check(now);
  }
}

/** One direction of one exchange: measures how long was waited and what came of it. */
export class Wait {
  readonly #watch: ProgressWatch;
  readonly #expired: () => void;
  #since: number | undefined;
  #waitedMs = 0;
  #bytes = 0;
  #outstanding = 0;

  constructor(watch: ProgressWatch, expired: () => void) {
    this.#watch = watch;
    this.#expired = expired;
  }

  /** From now on the client is waited for. `outstanding` bytes are counted as soon as it took them. */
  begin(outstanding = 0): void {
    if (this.#since !== undefined) return;
    this.#since = performance.now();
    this.#outstanding = outstanding;
    this.#watch.add(this);
  }

  /** The client moved `bytes`; it is not waited for any more. */
  end(bytes: number): void {
    if (this.#since === undefined) return;
    const now = performance.now();
    this.#waitedMs += now - this.#since;
    this.#bytes += bytes;
    this.stop();
    this.check(now);
  }

  /** Nothing is waited for any more, for whatever reason. */
  stop(): void {
    this.#since = undefined;
    this.#outstanding = 0;
    this.#watch.delete(this);
  }

  /** Forgets the time waited so far. */
  restart(): void {
    this.#waitedMs = 0;
    this.#bytes = 0;
    if (this.#since !== undefined) this.#since = performance.now();
  }

  /** Ends a full window: too little in it expires the wait, enough starts the next window. */
  check(now: number): void {
    const { progressBytesPerSecondMin, progressWindowMs } = this.#watch.rule;
    const waitedMs = this.#waitedMs + (this.#since === undefined ? 0 : now - this.#since);
    if (waitedMs < progressWindowMs) return;
    const needed = (progressBytesPerSecondMin * waitedMs) / 1000;
    if (this.#bytes + this.#outstanding >= needed) {
      // What is outstanding was not taken yet: its window goes on until it is, or is too late.
      if (this.#outstanding === 0) this.restart();
      return;
    }
    this.restart();
    this.#expired();
  }
}
