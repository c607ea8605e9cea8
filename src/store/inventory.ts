/**
 * The inventory: every object version there is, delete markers too, with what protects it, in order of
 * bucket, key and age, newest first. Stateless: a caller pages through; each page is of one moment, and
 * what is written meanwhile is listed or not. A bucket that was shredded contributes nothing: none of it
 * can be read any more. A row that does not open is `Fault('damaged')`: `verify` names all such rows.
 */
import { readHeader } from '../crypto/envelope.ts';
import type { Entry } from '../engines/metadata.ts';
import { Refusal } from '../base/refusal.ts';
import { type BucketRow, bucketRow } from '../rows/bucket-row.ts';
import type { Inspection, RowInspector } from '../rows/inspection.ts';
import { behind, bucketPrefix, encodeKey, rangeOf } from '../rows/keyspace.ts';
import { naming } from '../rows/row-seals.ts';
import type { OpenBucket } from '../rows/rows.ts';
import { versionRow } from '../rows/version-row.ts';
import { type InventoryPlace, decodePlace, encodePlace } from './inventory/token.ts';
import { Breath } from './verify/looking.ts';
import { encodeVersionId } from './version-id.ts';

export interface InventoryQuery {
  /** Only buckets of this account id. */
  readonly account?: string | undefined;
  readonly bucket?: string | undefined;
  /** Keys that begin with it. */
  readonly prefix?: string | undefined;
  /** Master key version. */
  readonly keyVersion?: number | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export interface InventoryEntry {
  readonly bucket: string;
  readonly key: string;
  /** As S3 shows it; `null` in a bucket without versioning. */
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly protection: 'none' | 'SSE-S3';
  /** Of the master key that wraps the version's data key. */
  readonly keyVersion: number;
  /** The format of its row (FORMAT.md §4). */
  readonly format: number;
  /** Undefined for a delete marker. */
  readonly size: number | undefined;
  readonly lastModified: Date;
}

export interface InventoryPage {
  readonly entries: readonly InventoryEntry[];
  /** Undefined: that was all. There may be a next page behind one without entries. */
  readonly next: string | undefined;
}

export const inventoryEntriesMax = 1_000;
/** The only format that there is. */
const format = 1;
/** Rows read for one page: where few of them are asked for, it ends early. */
const rowsReadMax = 10_000;
const stepRows = 200;
const bucketsStep = 100;

export async function listInventory(
  inspector: RowInspector,
  query: InventoryQuery,
): Promise<InventoryPage> {
  const from = query.after === undefined ? undefined : decodePlace(query.after);
  using inspection = inspector.look();
  const page = new Page(inspection, query);
  for await (const { name, row } of bucketsOf(inspection, query, from?.bucket)) {
    if (query.account !== undefined && row.account !== query.account) {
      if (query.bucket !== undefined) throw noBucket(query.bucket);
      continue;
    }
    const bucket = await inspection.bucket(name);
    // Shredded.
    if (bucket === undefined) continue;
    const version = from?.bucket === name ? from.version : undefined;
    if (from?.bucket === name && version === undefined) continue;
    const next = await page.read(bucket, version);
    if (next !== undefined) return { entries: page.entries, next: encodePlace(next) };
  }
  return { entries: page.entries, next: undefined };
}

type NamedRow = { readonly name: string; readonly row: BucketRow };

/** Buckets in order of their names, from the one where the page before ended. */
async function* bucketsOf(
  inspection: Inspection,
  query: InventoryQuery,
  from: string | undefined,
): AsyncGenerator<NamedRow> {
  if (query.bucket !== undefined) {
    const row = await inspection.get(bucketRow, query.bucket);
    if (row === undefined) throw noBucket(query.bucket);
    return yield { name: query.bucket, row };
  }
  let { start, end } = rangeOf(encodeKey(bucketRow.code));
  if (from !== undefined) start = bucketRow.encodeKey(from);
  for (;;) {
    const page = await inspection.range(bucketRow, { start, end, limit: bucketsStep });
    for (const { key, value } of page) yield { name: key, row: value };
    const last = page.at(-1);
    if (last === undefined || page.length < bucketsStep) return;
    start = behind(bucketRow.encodeKey(last.key));
  }
}

class Page {
  readonly entries: InventoryEntry[] = [];
  readonly #inspection: Inspection;
  readonly #query: InventoryQuery;
  readonly #limit: number;
  readonly #breath = new Breath();
  #rowsRead = 0;

  constructor(inspection: Inspection, query: InventoryQuery) {
    this.#inspection = inspection;
    this.#query = query;
    this.#limit = Math.min(query.limit ?? inventoryEntriesMax, inventoryEntriesMax);
  }

  /** Lists versions of a bucket; where the page is full, gives the place where it ended. */
  async read(
    bucket: OpenBucket,
    after: InventoryPlace['version'],
  ): Promise<InventoryPlace | undefined> {
    const { id } = bucket.row;
    const { prefix } = this.#query;
    const range = rangeOf(bucketPrefix(versionRow.code, id, prefix));
    let { start } = range;
    if (after !== undefined) {
      const behindIt = behind(versionRow.encodeKey(id, after));
      if (Buffer.compare(behindIt, start) > 0) start = behindIt;
    }
    for (;;) {
      if (Buffer.compare(start, range.end) >= 0) return undefined;
      const rows = await this.#inspection.entries({ start, end: range.end, limit: stepRows });
      for (const row of rows) {
        this.#take(bucket, row);
        this.#rowsRead += 1;
        const full = this.entries.length >= this.#limit || this.#rowsRead >= rowsReadMax;
        if (full) return { bucket: bucket.name, version: versionRow.decodeKey(row.key) };
        await this.#breath.take();
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < stepRows) return undefined;
      start = behind(last.key);
    }
  }

  #take(bucket: OpenBucket, entry: Entry): void {
    const { keyVersion } = this.#query;
    const name = { kind: versionRow.name, rowKey: entry.key, bucket, value: entry.value };
    if (keyVersion !== undefined) {
      const header = naming(name, () => readHeader(entry.value));
      if (header.keyVersion !== keyVersion) return;
    }
    const row = this.#inspection.openBucketRow(versionRow, entry, bucket);
    const { key, ordinal } = versionRow.decodeKey(entry.key);
    this.entries.push({
      bucket: bucket.name,
      key,
      versionId: row.null ? 'null' : encodeVersionId({ ordinal, id: row.id }),
      deleteMarker: row.marker,
      protection: row.protection,
      keyVersion: row.dataKey.version,
      format,
      size: row.marker ? undefined : row.size,
      lastModified: row.modified,
    });
  }
}

function noBucket(name: string): Refusal {
  return new Refusal('NotFound', {
    message: `There is no bucket ${JSON.stringify(name.slice(0, 255))} here.`,
  });
}
