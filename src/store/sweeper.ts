/**
 * What removes blobs and rows that have served. A blob is deleted only because a row says so: a
 * trash row, written by the transaction that removed the last reference, or the reservation of a
 * process that is gone. A blob that no row explains is damage for a check to report; nothing here
 * touches it (FORMAT.md §9).
 */
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/time.ts';
import type { Blobs } from '../engines/blobs.ts';
import { bucketRow } from '../rows/bucket-row.ts';
import { behind, bucketPrefix, rangeOf } from '../rows/keyspace.ts';
import { pagesOf } from '../rows/pages.ts';
import { reservationRow } from '../rows/reservation-row.ts';
import type { Rows } from '../rows/rows.ts';
import type { StoreRowKind } from '../rows/row-kind.ts';
import { tombstoneRow } from '../rows/tombstone-row.ts';
import { trashRow } from '../rows/trash-row.ts';

/**
 * How long a blob outlives its last reference: a download that opened the object before may take
 * this long to ask for its last byte.
 */
export const trashGraceMs = 60 * 60 * 1000;

/** How long a repeated CompleteMultipartUpload is answered from the first one's result. */
const tombstoneKeptMs = 7 * 24 * 60 * 60 * 1000;

/** Tombstones removed by one transaction. */
const stepRows = 500;

export interface SweeperParts {
  readonly rows: Rows;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

export class Sweeper {
  readonly #rows: Rows;
  readonly #blobs: Blobs;
  readonly #clock: Clock;

  constructor({ rows, blobs, clock }: SweeperParts) {
    this.#rows = rows;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Deletes the blobs whose grace is over. Returns how many. */
  async emptyTrash(graceMs = trashGraceMs): Promise<number> {
    const before = this.#clock().getTime() - graceMs;
    let removed = 0;
    for await (const page of this.#pages(trashRow)) {
      const due = page.filter(({ value }) => value.since.getTime() <= before);
      // The file first: a row without its file is swept again, a file without its row is not.
      for (const { key } of due) await this.#blobs.delete(key);
      await this.#rows.transact(async (transaction) => {
        for (const { key } of due) transaction.delete(trashRow, key);
      });
      removed += due.length;
    }
    return removed;
  }

  /** The processes that hold blocks now, in hexadecimal: at start, before any serves, all are gone. */
  async reservationHolders(): Promise<ReadonlySet<string>> {
    const holders = new Set<string>();
    for await (const page of this.#pages(reservationRow)) {
      for (const { value } of page) holders.add(toHex(value.process));
    }
    return holders;
  }

  /**
   * Deletes what processes that are gone wrote and never made visible, and gives their blocks back.
   * `gone` (`reservationHolders`) must be certain: whoever holds the data folder's lock knows it of
   * every process before it. Each block is taken over first, which fences a late commit. Returns how many blobs.
   */
  async settleReservations(gone: ReadonlySet<string>): Promise<number> {
    let removed = 0;
    for await (const page of this.#pages(reservationRow)) {
      for (const { key: prefix, value } of page) {
        if (!gone.has(toHex(value.process))) continue;
        await this.#rows.transact(async (transaction) => {
          transaction.put(reservationRow, prefix, { ...value, process: this.#rows.processId });
        });
        for await (const id of this.#blobs.listPrefix(prefix)) {
          if (await this.#isExplained(id)) continue;
          await this.#blobs.delete(id);
          removed += 1;
        }
        await this.#rows.transact(async (transaction) => {
          transaction.delete(reservationRow, prefix);
        });
      }
    }
    return removed;
  }

  /** Removes the results of uploads that were completed long ago. Returns how many. */
  async forgetCompletedUploads(keptMs = tombstoneKeptMs): Promise<number> {
    const before = this.#clock().getTime() - keptMs;
    let removed = 0;
    for await (const page of this.#pages(bucketRow)) {
      for (const { key } of page) removed += await this.#forgetIn(key, before);
    }
    return removed;
  }

  async #forgetIn(name: string, before: number): Promise<number> {
    let removed = 0;
    let start: Uint8Array | undefined;
    for (;;) {
      const step = await this.#rows.transact(async (transaction) => {
        const bucket = await transaction.bucket(name);
        if (bucket === undefined) return undefined;
        const inside = transaction.in(bucket);
        const whole = rangeOf(bucketPrefix(tombstoneRow.code, bucket.row.id));
        const range = { start: start ?? whole.start, end: whole.end, limit: stepRows };
        const page = await inside.range(tombstoneRow, range);
        const due = page.filter(({ value }) => value.completedAt.getTime() <= before);
        for (const { key } of due) inside.delete(tombstoneRow, key);
        const last = page.at(-1);
        const next = last && behind(tombstoneRow.encodeKey(bucket.row.id, last.key));
        return { removed: due.length, next: page.length < stepRows ? undefined : next };
      });
      removed += step?.removed ?? 0;
      if (step?.next === undefined) return removed;
      start = step.next;
    }
  }

  /** Whether a row refers to the blob, in one moment: a payload row in some bucket, or trash. */
  async #isExplained(id: Uint8Array): Promise<boolean> {
    using view = this.#rows.view();
    if ((await view.get(trashRow, id)) !== undefined) return true;
    for await (const page of pagesOf(bucketRow, (range) => view.range(bucketRow, range))) {
      for (const { key } of page) {
        const bucket = await view.bucket(key);
        if (bucket !== undefined && (await view.in(bucket).hasPayload(id))) return true;
      }
    }
    return false;
  }

  /** Each page is of a moment of its own: no snapshot is held while blobs are deleted. */
  #pages<K, V>(kind: StoreRowKind<K, V>) {
    return pagesOf(kind, async (range) => {
      using view = this.#rows.view();
      return await view.range(kind, range);
    });
  }
}
