/**
 * Long scans, for as many who ask as there are: one that runs is shared by all who wait, and its result
 * is good for a while after, the longer the scan took. In memory, bounded.
 */
import type { Clock } from '../base/time.ts';

/** At least so long; and a scan may take a twentieth of the time. */
const goodMsMin = 3_000;
const goodFactor = 20;
const resultsMax = 1_000;

interface Kept<T> {
  readonly result: T;
  readonly until: number;
}

export class SharedScans<T> {
  readonly #clock: Clock;
  readonly #running = new Map<string, Promise<T>>();
  readonly #kept = new Map<string, Kept<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The result under a name: a fresh one, that of a scan under way, or of `scan`. */
  get(name: string, scan: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(name);
    if (kept !== undefined && this.#clock().getTime() < kept.until) {
      return Promise.resolve(kept.result);
    }
    const running = this.#running.get(name);
    if (running !== undefined) return running;
    const started = this.#scan(name, scan).finally(() => this.#running.delete(name));
    this.#running.set(name, started);
    return started;
  }

  async #scan(name: string, scan: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const result = await scan();
    const tookMs = performance.now() - startedMs;
    this.#kept.delete(name);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < resultsMax) break;
      this.#kept.delete(oldest);
    }
    const until = this.#clock().getTime() + Math.max(goodMsMin, goodFactor * tookMs);
    this.#kept.set(name, { result, until });
    return result;
  }
}
