/**
 * Opens every row of the store, in order of the keyspace, and with `deep` every segment of every blob;
 * tells by name what does not open and what does not fit together (FORMAT.md §9). Stateless: a caller
 * pages through, and any size of page finds the same.
 *
 * Each step reads one moment of the store, where rows that name each other are there together. What is
 * found is looked at again in a fresh moment before it is told: nothing that is written, deleted or
 * re-wrapped meanwhile is told falsely. What it does not find, as nothing names it: a manifest page or a
 * blob file too many; a process, reservation, trash, record or tombstone row that is gone; and that rows
 * which fit together are older than they should be (THREAT-MODEL.md).
 */
import type { Entry } from '../engines/metadata.ts';
import { keyringRow } from '../rows/keyring-row.ts';
import { behind, behindAll } from '../rows/keyspace.ts';
import { storeRow } from '../rows/store-row.ts';
import { BucketsById } from './verify/bucket-by-id.ts';
import { checkBlobFile } from './verify/check-blob-file.ts';
import { type RowChecked, checkRow } from './verify/check-row.ts';
import { decodeCursor, encodeCursor, rangeFrom, rangesOf } from './verify/cursor.ts';
import { type Finding, RowReport } from './verify/finding.ts';
import { Breath, type Looking, type VerifyParts } from './verify/looking.ts';
import { OwnerMemo } from './verify/owners.ts';

export type { Finding } from './verify/finding.ts';
export type { VerifyParts } from './verify/looking.ts';

export interface VerifyQuery {
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** Also reads and opens every blob file. */
  readonly deep?: boolean | undefined;
  /** Rows to look at, at most. */
  readonly limit?: number | undefined;
  /** Looks at this bucket alone. */
  readonly bucket?: string | undefined;
}

export interface VerifyPage {
  /** Rows that were looked at. */
  readonly checked: number;
  /** Sealed bytes that were opened: of rows, and with `deep` of files. */
  readonly bytes: number;
  readonly findings: readonly Finding[];
  /** Findings that are not listed because one row has so many. */
  readonly more: number;
  /** Undefined: that was all. */
  readonly next: string | undefined;
}

export const verifyLimits = {
  rowsDefault: 10_000,
  rowsMax: 100_000,
  /** A page ends early once it has so many. */
  findingsMax: 200,
  /** A page ends early after this long, so that its caller sees progress. */
  pageMsMax: 2_000,
} as const;

export class Verifier {
  readonly #parts: VerifyParts;
  readonly #buckets = new BucketsById();

  constructor(parts: VerifyParts) {
    this.#parts = parts;
  }

  async page(query: VerifyQuery): Promise<VerifyPage> {
    const page = new Page(this.#parts, this.#buckets, query);
    return await page.read();
  }
}

/** Rows that are read in one moment; with `deep`, whose files are then read side by side. */
const stepRows = { shallow: 64, deep: 4 };

class Page {
  readonly #parts: VerifyParts;
  readonly #buckets: BucketsById;
  readonly #query: VerifyQuery;
  readonly #breath = new Breath();
  readonly #findings: Finding[] = [];
  #more = 0;
  #checked = 0;
  #bytes = 0;
  #from: Uint8Array | undefined;

  constructor(parts: VerifyParts, buckets: BucketsById, query: VerifyQuery) {
    this.#parts = parts;
    this.#buckets = buckets;
    this.#query = query;
    this.#from = query.after === undefined ? undefined : decodeCursor(query.after);
  }

  async read(): Promise<VerifyPage> {
    const { bucket } = this.#query;
    const limit = Math.min(this.#query.limit ?? verifyLimits.rowsDefault, verifyLimits.rowsMax);
    if (this.#from === undefined && bucket === undefined) await this.#checkFirstRows();
    const until = performance.now() + verifyLimits.pageMsMax;
    for (;;) {
      const more = await this.#step(limit - this.#checked);
      if (!more) return this.#result(undefined);
      const full = this.#checked >= limit || this.#findings.length >= verifyLimits.findingsMax;
      if ((full || performance.now() > until) && this.#from !== undefined) {
        return this.#result(encodeCursor(this.#from));
      }
      await this.#breath.take();
    }
  }

  #result(next: string | undefined): VerifyPage {
    const counted = { checked: this.#checked, bytes: this.#bytes };
    return { ...counted, findings: this.#findings, more: this.#more, next };
  }

  /** Looks at the next rows; false where there are none. */
  async #step(rowsMax: number): Promise<boolean> {
    const { deep = false } = this.#query;
    const limit = Math.min(rowsMax, deep ? stepRows.deep : stepRows.shallow);
    const read = await this.#readRows(limit);
    if (read === undefined) return false;
    await Promise.all(read.rows.map(({ checked }) => this.#checkBlobs(checked)));
    for (const { entry, checked } of read.rows) {
      this.#checked += 1;
      this.#bytes += entry.value.length;
      if (checked.report.findings.length > 0) await this.#confirm(entry);
    }
    this.#from = read.next;
    return true;
  }

  async #readRows(limit: number) {
    using looking = this.#look();
    const { inspection } = looking;
    const ranges = await rangesOf(inspection, this.#query.bucket);
    let from = this.#from;
    for (;;) {
      const range = rangeFrom(ranges, from);
      if (range === undefined) return undefined;
      const entries = await inspection.entries({ ...range, limit });
      const last = entries.at(-1);
      if (last === undefined) {
        from = range.end;
        continue;
      }
      const rows: { entry: Entry; checked: RowChecked }[] = [];
      let previous: Uint8Array | undefined;
      for (const entry of entries) {
        const checked = await checkRow({ ...looking, previous }, entry);
        previous = entry.key;
        rows.push({ entry, checked });
        if (checked.skip !== undefined) return { rows, next: behindAll(checked.skip) };
        await this.#breath.take();
      }
      return { rows, next: behind(last.key) };
    }
  }

  #look(): Looking & Disposable {
    const { inspector, keys } = this.#parts;
    const inspection = inspector.look();
    return {
      inspection,
      keys,
      bucketOf: this.#buckets.in(inspection),
      owners: new OwnerMemo(),
      breath: this.#breath,
      [Symbol.dispose]: () => inspection[Symbol.dispose](),
    };
  }

  async #checkBlobs({ blobs, report }: RowChecked): Promise<void> {
    const { deep = false } = this.#query;
    const check = {
      blobs: this.#parts.blobs,
      storeId: this.#parts.keys.newest.schedule.storeId,
      deep,
      breath: this.#breath,
    };
    for (const blob of blobs) {
      const bytes = await checkBlobFile(check, { ...blob, report });
      this.#bytes += bytes;
    }
  }

  /** Looks again, as the row is now; only what is still so is told. */
  async #confirm({ key }: Entry): Promise<void> {
    const checked = await this.#checkAgain(key);
    if (checked === undefined) return;
    const bytes = this.#bytes;
    await this.#checkBlobs(checked);
    this.#bytes = bytes;
    // A file may have gone with its row since.
    if (checked.blobs.length > 0 && (await this.#checkAgain(key)) === undefined) return;
    this.#findings.push(...checked.report.findings);
    this.#more += checked.report.more;
  }

  async #checkAgain(key: Uint8Array): Promise<RowChecked | undefined> {
    using looking = this.#look();
    const value = await looking.inspection.sealed(key);
    return value && (await checkRow(looking, { key, value }));
  }

  /** Two rows that every store has, and that no other row names. */
  async #checkFirstRows(): Promise<void> {
    using looking = this.#look();
    for (const kind of [keyringRow, storeRow]) {
      const rowKey = kind.encodeKey(undefined);
      if ((await looking.inspection.sealed(rowKey)) !== undefined) continue;
      const report = new RowReport(kind.name, rowKey);
      report.say('it is missing');
      this.#findings.push(...report.findings);
    }
  }
}
