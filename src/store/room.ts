/**
 * Room on the disk. A write that would fill it is refused while there is still enough left for the
 * metadata to commit: deleting needs room too, and a commit that finds none ends the process.
 *
 * What is free is asked of the engine at most once a second, or when the last answer is used up;
 * between, it is counted down. Other processes write as well: so the reserve is ample.
 */
import { MiB } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Blobs } from '../engines/blobs.ts';

/** Left free: what some hundreds of commits copy, and what workers may miss of each other. */
export const reserveBytes = 32 * MiB;

const answerMsMax = 1_000;

export class Room {
  readonly #blobs: Pick<Blobs, 'freeBytes'>;
  #left = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(blobs: Pick<Blobs, 'freeBytes'>) {
    this.#blobs = blobs;
  }

  /** Refuses what could not be kept: `InsufficientStorage`. A promise only where it must ask. */
  check(bytes: number): Promise<void> | undefined {
    const fresh = performance.now() - this.#askedMs < answerMsMax;
    return fresh && this.#left >= bytes ? undefined : this.#askAndCheck(bytes);
  }

  /** As `check`, for bytes that are now written. */
  take(bytes: number): Promise<void> | undefined {
    const asking = this.check(bytes);
    if (asking !== undefined) return asking.then(() => void (this.#left -= bytes));
    this.#left -= bytes;
    return undefined;
  }

  async #askAndCheck(bytes: number): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    await this.#asking;
    if (this.#left < bytes) throw new Refusal('InsufficientStorage');
  }

  async #ask(): Promise<void> {
    const free = await this.#blobs.freeBytes();
    this.#left = free === undefined ? Number.POSITIVE_INFINITY : free - reserveBytes;
    this.#askedMs = performance.now();
  }
}
