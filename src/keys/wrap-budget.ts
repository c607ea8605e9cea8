/**
 * Counts the wraps that this process makes under each master key version, as an upper bound that
 * is durable before it is used up: blocks of 65,536 are reserved in the process row.
 * A crash loses at most the rest of a block, so the bound is never below the truth. Pure: the
 * transaction that reserves is the caller's `reserve`.
 */
import { assert } from '../base/refusal.ts';

export const wrapBlock = 65_536;
/** A block is reserved when fewer than this remain, so that retries in flight stay covered. */
const headroom = wrapBlock / 4;

/** Upper bounds by version number, as the process row holds them: `{"1": 65536}`. */
export type WrapTotals = Readonly<Record<string, number>>;

interface VersionCount {
  used: number;
  reserved: number;
}

export class WrapBudget {
  readonly #counts = new Map<number, VersionCount>();
  readonly #reserve: (totals: WrapTotals) => Promise<void>;
  /** At most one reservation is under way: totals written later must never be the smaller. */
  #reserving: Promise<void> | undefined;

  /** `reserve` makes the totals durable; its failure is given to all that waited for it. */
  constructor(reserve: (totals: WrapTotals) => Promise<void>) {
    this.#reserve = reserve;
  }

  /**
   * To be awaited before a transaction that may wrap under `version`. Undefined while the reserved
   * block lasts: the usual case makes no promise.
   */
  ensure(version: number): Promise<void> | undefined {
    const { reserved, used } = this.#count(version);
    if (reserved - used >= headroom) return undefined;
    if (this.#reserving !== undefined) return this.#reserving.then(() => this.ensure(version));
    this.#reserving = this.#extend().finally(() => {
      this.#reserving = undefined;
    });
    return this.#reserving;
  }

  /** Counts wraps made, in every attempt of a transaction, whether it commits or not. */
  count(version: number, wraps = 1): void {
    assert(Number.isSafeInteger(wraps) && wraps > 0, 'wraps are counted in whole numbers');
    this.#count(version).used += wraps;
  }

  /** What is durably reserved. */
  totals(): WrapTotals {
    return totalsOf([...this.#counts].map(([version, { reserved }]) => [version, reserved]));
  }

  async #extend(): Promise<void> {
    const targets = [...this.#counts].map(([version, { used, reserved }]): [number, number] => {
      if (reserved - used >= headroom) return [version, reserved];
      // More may have been used than was reserved, where a version became current midway.
      return [version, Math.ceil((used + headroom) / wrapBlock) * wrapBlock];
    });
    await this.#reserve(totalsOf(targets));
    for (const [version, target] of targets) this.#count(version).reserved = target;
  }

  #count(version: number): VersionCount {
    let count = this.#counts.get(version);
    if (count === undefined) {
      count = { used: 0, reserved: 0 };
      this.#counts.set(version, count);
    }
    return count;
  }
}

function totalsOf(totals: readonly (readonly [version: number, total: number])[]): WrapTotals {
  return Object.fromEntries(totals.filter(([, total]) => total > 0));
}
