/**
 * The metadata port in memory, for tests: the plain reading of the contract that the other engines
 * are compared with. Nothing survives the process. Snapshots are free because a commit makes a new
 * sorted array; that costs time in proportion to the store, so this is no engine for many rows.
 */
import { assert, Fault } from '../../base/refusal.ts';
import { transactWith } from '../attempts.ts';
import { assertKey, assertRange, isEmptyRange } from '../bounds.ts';
import { Lanes } from '../lanes.ts';
import type {
  Entry,
  Metadata,
  PrefixesQuery,
  PrefixesResult,
  RangeQuery,
  Snapshot,
  Transaction,
} from '../metadata.ts';
import { prefixesByRange } from '../prefixes.ts';
import type { Rows, TrackedTransaction } from '../tracked-transaction.ts';

/** A new, empty store. */
export function openMemoryMetadata(): Metadata {
  return new MemoryMetadata();
}

class MemoryMetadata implements Metadata {
  readonly lanes = new Lanes();
  #entries: readonly Entry[] = [];
  #closed = false;

  snapshot(): Snapshot {
    assert(!this.#closed, 'the metadata engine is closed');
    return new MemorySnapshot(new MemoryRows(this.#entries));
  }

  async transact<T>(fn: (transaction: Transaction) => Promise<T>): Promise<T> {
    assert(!this.#closed, 'the metadata engine is closed');
    return transactWith(this, fn);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  open(): Rows & Disposable {
    return new MemoryRows(this.#entries);
  }

  async commit(transaction: TrackedTransaction): Promise<string | undefined> {
    const conflict = transaction.firstConflict(new MemoryRows(this.#entries));
    if (conflict !== undefined || transaction.writes.size === 0) return conflict;
    const entries = [...this.#entries];
    for (const { key, value } of transaction.writes.values()) {
      const at = lowerBound(entries, key);
      const present = Number(isAt(entries, at, key));
      if (value === undefined) entries.splice(at, present);
      else entries.splice(at, present, { key, value });
    }
    this.#entries = entries;
    return undefined;
  }
}

class MemoryRows implements Rows, Disposable {
  readonly #entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const found = this.#find(key);
    return found && Buffer.from(found);
  }

  holds(key: Uint8Array, value: Uint8Array | undefined): boolean {
    const found = this.#find(key);
    if (found === undefined || value === undefined) return found === value;
    return Buffer.compare(found, value) === 0;
  }

  range(query: RangeQuery): readonly Entry[] {
    if (isEmptyRange(query)) return [];
    const from = lowerBound(this.#entries, query.start);
    const to = lowerBound(this.#entries, query.end);
    const found =
      query.reverse === true
        ? this.#entries.slice(Math.max(from, to - query.limit), to).reverse()
        : this.#entries.slice(from, Math.min(to, from + query.limit));
    return found.map(({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) }));
  }

  [Symbol.dispose](): void {}

  #find(key: Uint8Array): Uint8Array | undefined {
    const at = lowerBound(this.#entries, key);
    return isAt(this.#entries, at, key) ? this.#entries[at]?.value : undefined;
  }
}

class MemorySnapshot implements Snapshot {
  #rows: Rows | undefined;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    assertKey(key);
    return this.#live().get(key);
  }

  async range(query: RangeQuery): Promise<readonly Entry[]> {
    assertRange(query);
    return this.#live().range(query);
  }

  prefixes(query: PrefixesQuery): Promise<readonly PrefixesResult[]> {
    return prefixesByRange(this, query);
  }

  [Symbol.dispose](): void {
    this.#rows = undefined;
  }

  #live(): Rows {
    if (this.#rows === undefined) throw new Fault('failed', 'the snapshot was disposed');
    return this.#rows;
  }
}

/** The index of the first entry whose key is not below `key`. */
function lowerBound(entries: readonly Entry[], key: Uint8Array): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && Buffer.compare(entry.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAt(entries: readonly Entry[], at: number, key: Uint8Array): boolean {
  const entry = entries[at];
  return entry !== undefined && Buffer.compare(entry.key, key) === 0;
}
