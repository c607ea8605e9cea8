/**
 * The re-wrap: moves every row under an older master key version to the current one, in small
 * transactions of their own through the fence. A row is read in the transaction that writes it, so
 * a write or a removal that comes between wins: nothing is lost and nothing comes back. What is
 * current is skipped by its header, so a walk that was cut off, by a kill too, is begun anew and
 * soon is where it was.
 *
 * What does not open stays as it is and is reported by name. The inside of a bucket that was
 * shredded cannot be opened by anyone and waits to be removed: it is passed over.
 */
import { asBuffer, toHex } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import type { Metadata } from '../engines/metadata.ts';
import type { KeysInForce } from '../keys/keys-in-force.ts';
import { BucketNames } from './bucket-names.ts';
import { bucketIdBytes } from './bucket-row.ts';
import type { KeyRange } from './keyspace.ts';
import { masterKeyKinds } from './master-key-kinds.ts';
import { readOldRows } from './old-rows.ts';
import type { Resealed } from './reseal.ts';
import type { RowTransaction, Rows } from './rows.ts';

export interface RewrapSource {
  readonly metadata: Metadata;
  readonly rows: Rows;
  readonly keys: KeysInForce;
}

/** What may be done before the walk asks again. */
export interface Turn {
  /** Rows of one transaction. */
  readonly rows: number;
  /** Rows whose headers are read at once. */
  readonly headers: number;
  /** Transactions that may be under way together. */
  readonly transactions: number;
}

/** Decides how much of the process, and of its disk, the walk may have. */
export interface Pace {
  /** Waits for its turn; undefined: the walk must stop. */
  turn(): Promise<Turn | undefined>;
  /** The event loop was held so long, to move `rows` rows or, with 0, to read headers. */
  held(ms: number, rows: number): void;
  /** So long a commit took, from its last write to its being durable. */
  committed(ms: number): void;
}

/** Told as the walk goes on. */
export interface RewrapProgress {
  /** Rows that now stand under the current version. */
  moved(rows: number): void;
  /** Rows that stay where they are; those that do not open by their names. */
  unmoved(rows: number, names: readonly string[]): void;
  /** Rows that need not move: gone, moved by another, or of a bucket that was shredded. */
  passed(rows: number): void;
}

/** Counts the rows in `ranges` that are to be moved; undefined where it was told to stop. */
export async function countOldRows(
  { metadata, keys }: RewrapSource,
  ranges: Iterable<KeyRange> | AsyncIterable<KeyRange>,
  pace: Pace,
): Promise<number | undefined> {
  let count = 0;
  for await (const range of ranges) {
    for (let start: Uint8Array | undefined = range.start; start !== undefined;) {
      const turn = await pace.turn();
      if (turn === undefined) return undefined;
      const begun = performance.now();
      const { current } = keys.newest.schedule;
      const wanted = { range: { start, end: range.end }, limit: turn.headers, current };
      const page = await readOldRows(metadata, wanted);
      pace.held(performance.now() - begun, 0);
      count += page.keys.length;
      start = page.next;
    }
  }
  return count;
}

/** Moves what is old in `ranges`; false where it was told to stop. */
export async function rewrapRows(
  source: RewrapSource,
  ranges: Iterable<KeyRange> | AsyncIterable<KeyRange>,
  { pace, progress }: { readonly pace: Pace; readonly progress: RewrapProgress },
): Promise<boolean> {
  const walk = new Walk(source, pace, progress);
  for await (const range of ranges) {
    if (!(await walk.range(range))) return false;
  }
  return walk.end();
}

/** Rows of one bucket, or of the store. */
interface Batch {
  /** Undefined: of the store. */
  readonly bucketId: Uint8Array | undefined;
  readonly keys: readonly Uint8Array[];
}

class Walk {
  readonly #source: RewrapSource;
  readonly #pace: Pace;
  readonly #progress: RewrapProgress;
  readonly #names: BucketNames;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  /** Buckets whose inside does not open: told once. */
  readonly #told = new Set<string>();

  constructor(source: RewrapSource, pace: Pace, progress: RewrapProgress) {
    this.#source = source;
    this.#pace = pace;
    this.#progress = progress;
    this.#names = new BucketNames(source);
  }

  async range({ start: first, end }: KeyRange): Promise<boolean> {
    for (let start: Uint8Array | undefined = first; start !== undefined;) {
      const turn = await this.#turn();
      if (turn === undefined) return false;
      const begun = performance.now();
      const { current } = this.#source.keys.newest.schedule;
      const wanted = { range: { start, end }, limit: turn.headers, current };
      const page = await readOldRows(this.#source.metadata, wanted);
      this.#pace.held(performance.now() - begun, 0);
      // They cannot be told from rows of older versions.
      const { unreadable } = page;
      if (unreadable.length > 0) this.#progress.unmoved(unreadable.length, unreadable);
      if (!(await this.#move(page.keys))) return false;
      start = page.next;
    }
    return true;
  }

  /** Waits for what is under way; false where there was a stop. */
  async end(): Promise<boolean> {
    await Promise.all(this.#underWay);
    if (this.#failure !== undefined) throw this.#failure.error;
    return true;
  }

  /** Neither stops nor fails while transactions of its own are under way. */
  async #turn(): Promise<Turn | undefined> {
    const turn = this.#failure === undefined ? await this.#pace.turn() : undefined;
    if (turn !== undefined) {
      while (this.#underWay.size >= turn.transactions) await Promise.race(this.#underWay);
      if (this.#failure === undefined) return turn;
    }
    await this.end();
    return undefined;
  }

  async #move(keys: readonly Uint8Array[]): Promise<boolean> {
    for (let at = 0; at < keys.length;) {
      const turn = await this.#turn();
      if (turn === undefined) return false;
      const batch = batchAt(keys, at, turn.rows);
      at += batch.keys.length;
      const moving: Promise<void> = this.#moveBatch(batch).then(undefined, (error: unknown) => {
        this.#failure ??= { error };
      });
      const settled = moving.finally(() => this.#underWay.delete(settled));
      this.#underWay.add(settled);
    }
    return true;
  }

  async #moveBatch({ bucketId, keys }: Batch): Promise<void> {
    if (bucketId === undefined) {
      return this.#settle(keys, await this.#transact(keys, (rows) => rows.reseal(keys)));
    }
    const known = await this.#names.of(bucketId);
    if (known === undefined) return this.#settleClosed(rowless(bucketId), keys);
    if (known.shredded) return this.#progress.passed(keys.length);
    const resealed = await this.#insideOf(known.name, bucketId, keys);
    if (typeof resealed === 'string') return this.#settleClosed(resealed, keys);
    if (resealed !== undefined) return this.#settle(keys, resealed);
    // Removed meanwhile, or shredded: its name says something else now.
    this.#names.forget(bucketId);
    if ((await this.#names.of(bucketId)) !== undefined) return this.#progress.passed(keys.length);
    return this.#settleClosed(rowless(bucketId), keys);
  }

  async #insideOf(
    name: string,
    bucketId: Uint8Array,
    keys: readonly Uint8Array[],
  ): Promise<Resealed | string | undefined> {
    try {
      return await this.#transact(keys, async (rows) => {
        const bucket = await rows.bucket(name);
        if (bucket === undefined || Buffer.compare(bucket.row.id, bucketId) !== 0) return undefined;
        return rows.in(bucket).reseal(keys);
      });
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
      return error.message;
    }
  }

  async #transact<T>(
    keys: readonly Uint8Array[],
    fn: (rows: RowTransaction) => Promise<T>,
  ): Promise<T> {
    let written = 0;
    const result = await this.#source.rows.transact(async (rows) => {
      const begun = performance.now();
      const made = await fn(rows);
      written = performance.now();
      this.#pace.held(written - begun, keys.length);
      return made;
    });
    this.#pace.committed(performance.now() - written);
    return result;
  }

  #settle(keys: readonly Uint8Array[], { moved, unopened }: Resealed): void {
    if (moved > 0) this.#progress.moved(moved);
    if (unopened.length > 0) this.#progress.unmoved(unopened.length, unopened);
    const passed = keys.length - moved - unopened.length;
    if (passed > 0) this.#progress.passed(passed);
  }

  /** Rows of a bucket that cannot be opened; those that are still there stay as they are. */
  async #settleClosed(bucket: string, keys: readonly Uint8Array[]): Promise<void> {
    using snapshot = this.#source.metadata.snapshot();
    let there = 0;
    for (const key of keys) if ((await snapshot.get(key)) !== undefined) there += 1;
    if (there < keys.length) this.#progress.passed(keys.length - there);
    if (there === 0) return;
    const names = this.#told.has(bucket) ? [] : [`all in ${bucket}`];
    this.#told.add(bucket);
    this.#progress.unmoved(there, names);
  }
}

const rowless = (bucketId: Uint8Array): string => `bucket ${toHex(bucketId)}, which has no row`;

/** The rows from `at` on that one transaction may hold: of one bucket, or of the store. */
function batchAt(keys: readonly Uint8Array[], at: number, rowsMax: number): Batch {
  const bucketId = bucketIdOf(keys[at]);
  let end = at + 1;
  while (end < keys.length && end - at < rowsMax && sameBucket(bucketIdOf(keys[end]), bucketId)) {
    end += 1;
  }
  return { bucketId, keys: keys.slice(at, end) };
}

/** The bucket whose keys seal the row; undefined for rows of the store. */
function bucketIdOf(key: Uint8Array | undefined): Buffer | undefined {
  if (key === undefined || masterKeyKinds.get(key[0] ?? 0)?.scheme !== 'bucket') return undefined;
  return asBuffer(key).subarray(1, 1 + bucketIdBytes);
}

function sameBucket(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.equals(b));
}
