/** Chance from a seed: the same seed asks for the same things in the same order. */
import { createHash } from 'node:crypto';

export class Random {
  readonly #seed: string;
  #drawn = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** From 0 to below 1. */
  next(): number {
    const hash = createHash('sha256')
      .update(`${this.#seed}/${this.#drawn++}`)
      .digest();
    return hash.readUInt32BE() / 2 ** 32;
  }

  /** A whole number from 0 to below `below`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.below(from.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  /** As likely between 10 and 100 as between 100 and 1,000. */
  logUniform(from: number, to: number): number {
    return from * (to / from) ** this.next();
  }
}
