/**
 * The optimistic half of `Metadata.transact`, the same for every embedded engine: what one attempt
 * read (absent keys and ranges too) and what it wants to write. The engine owns the other half: it
 * asks `firstConflict` against the state it is about to change and then applies `writes`, both in
 * one atomic step.
 */
import { asBuffer } from '../base/bytes.ts';
import { assert, Defect } from '../base/refusal.ts';
import type { Sealed } from '../base/sealed.ts';
import { assertKey, assertRange, assertValue } from './bounds.ts';
import type { Entry, RangeQuery, Transaction } from './metadata.ts';

/** One moment of a store, read without waiting. */
export interface Rows {
  /** A copy of the value that belongs to the caller. */
  get(key: Uint8Array): Uint8Array | undefined;
  range(query: RangeQuery): readonly Entry[];
  /** Whether `get(key)` would give just these bytes; made without a copy. */
  holds(key: Uint8Array, value: Uint8Array | undefined): boolean;
}

/** A buffered write; a value of undefined removes the key. */
export interface Write {
  readonly key: Uint8Array;
  readonly value: Sealed | undefined;
}

interface PointRead {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

interface RangeRead {
  readonly query: RangeQuery;
  readonly entries: readonly Entry[];
}

export class TrackedTransaction implements Transaction {
  readonly #rows: Rows;
  readonly #points: PointRead[] = [];
  readonly #ranges: RangeRead[] = [];
  readonly #writes = new Map<string, Write>();
  #open = true;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#assertOpen();
    assertKey(key);
    if (this.#writes.size > 0) {
      const written = this.#writes.get(name(key));
      if (written !== undefined) return written.value && Buffer.from(written.value);
    }
    const value = this.#rows.get(key);
    // What the caller gets is the caller's to change; what is compared at commit must not change.
    this.#points.push({ key: Buffer.from(key), value });
    return value && Buffer.from(value);
  }

  async range(query: RangeQuery): Promise<readonly Entry[]> {
    this.#assertOpen();
    assertRange(query);
    for (const { key } of this.#writes.values()) {
      const inside = Buffer.compare(query.start, key) <= 0 && Buffer.compare(key, query.end) < 0;
      if (inside) throw new Defect('a range was read that holds a buffered write');
    }
    const own = { ...query, start: Buffer.from(query.start), end: Buffer.from(query.end) };
    const entries = this.#rows.range(own);
    this.#ranges.push({ query: own, entries });
    return entries.map(({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) }));
  }

  put(key: Uint8Array, value: Sealed): void {
    assertValue(value);
    this.#write(key, value);
  }

  delete(key: Uint8Array): void {
    this.#write(key, undefined);
  }

  /** Ends the attempt: a call that `fn` forgot to await is a Defect, not a write after the commit. */
  finish(): void {
    this.#open = false;
  }

  get writes(): ReadonlyMap<string, Write> {
    return this.#writes;
  }

  /** The name of the first read that no longer reads the same in `rows`, or undefined. */
  firstConflict(rows: Rows): string | undefined {
    for (const { key, value } of this.#points) {
      if (!rows.holds(key, value)) return name(key);
    }
    for (const { query, entries } of this.#ranges) {
      if (!sameEntries(entries, rows.range(query))) return name(query.start);
    }
    return undefined;
  }

  #write(key: Uint8Array, value: Sealed | undefined): void {
    this.#assertOpen();
    assertKey(key);
    this.#writes.set(name(key), { key, value });
  }

  #assertOpen(): void {
    assert(this.#open, 'a transaction was used after its function ended');
  }
}

/** Bytes as a map key: one UTF-16 unit a byte, so two keys never share a name. */
function name(key: Uint8Array): string {
  return asBuffer(key).toString('latin1');
}

function sameEntries(before: readonly Entry[], now: readonly Entry[]): boolean {
  return (
    before.length === now.length &&
    before.every((entry, index) => {
      const other = now[index];
      return (
        other !== undefined &&
        Buffer.compare(entry.key, other.key) === 0 &&
        Buffer.compare(entry.value, other.value) === 0
      );
    })
  );
}
