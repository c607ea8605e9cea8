/**
 * Synchronous reads of an LMDB environment: on one read transaction, or inside the write
 * transaction that is running. LMDB reads a page through its map, so no read waits for anything
 * but a page fault.
 */
import { Fault } from '../../base/refusal.ts';
import { isEmptyRange } from '../bounds.ts';
import type { Entry, PrefixesQuery, PrefixesResult, RangeQuery } from '../metadata.ts';
import { commonPrefix, successor } from '../prefixes.ts';
import type { Rows } from '../tracked-transaction.ts';
import type { ReadOptions, Store } from './environment.ts';
import { asFault } from './errors.ts';

export class LmdbRows implements Rows {
  readonly #store: Store;
  readonly #options: ReadOptions;
  #ended: string | undefined;

  constructor(store: Store, options: ReadOptions) {
    this.#store = store;
    this.#options = options;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const found = this.#find(key);
    if (found === undefined) return undefined;
    const value = Buffer.allocUnsafe(found.length);
    value.set(found);
    return value;
  }

  holds(key: Uint8Array, value: Uint8Array | undefined): boolean {
    const found = this.#find(key);
    if (found === undefined || value === undefined) return found === value;
    return found.length === value.length && Buffer.compare(found, value) === 0;
  }

  range(query: RangeQuery): readonly Entry[] {
    if (isEmptyRange(query)) return this.#read(() => []);
    const bounds =
      query.reverse === true
        ? {
            start: query.end,
            end: query.start,
            reverse: true,
            exclusiveStart: true,
            inclusiveEnd: true,
          }
        : { start: query.start, end: query.end };
    return this.#read(() => [
      ...this.#store.getRange({ ...bounds, limit: query.limit, ...this.#options }),
    ]);
  }

  /** One pass over rows without the delimiter; a seek behind each common prefix. */
  prefixes(query: PrefixesQuery): readonly PrefixesResult[] {
    const results: PrefixesResult[] = [];
    let start: Uint8Array | undefined = query.start;
    while (start !== undefined && results.length < query.limit) {
      if (isEmptyRange({ ...query, start })) break;
      start = this.#read(() => this.#untilPrefix({ ...query, start: start ?? query.end }, results));
    }
    return results;
  }

  /** Adds rows up to and with the next common prefix; gives where to go on, if anywhere. */
  #untilPrefix(query: PrefixesQuery, results: PrefixesResult[]): Uint8Array | undefined {
    const limit = query.limit - results.length;
    const { start, end } = query;
    for (const entry of this.#store.getRange({ start, end, limit, ...this.#options })) {
      const prefix = commonPrefix(entry.key, query);
      if (prefix !== undefined) {
        results.push({ kind: 'prefix', prefix });
        return successor(prefix);
      }
      results.push({ kind: 'entry', entry });
    }
    return undefined;
  }

  /** The value as a view that the next read overwrites. */
  #find(key: Uint8Array): Uint8Array | undefined {
    return this.#read(() => {
      const found = this.#store.getBinaryFast(key, this.#options);
      // lmdb gives its whole reading buffer with `length` redefined: only a subarray is honest.
      return found?.subarray(0, found.length);
    });
  }

  /** From now on every read is a Fault that says `reason`. */
  end(reason: string): void {
    this.#ended = reason;
  }

  #read<T>(fn: () => T): T {
    if (this.#ended !== undefined) throw new Fault('failed', this.#ended);
    try {
      return fn();
    } catch (error) {
      throw asFault(error, 'reading the metadata');
    }
  }
}
