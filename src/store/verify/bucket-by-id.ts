/**
 * Which bucket an id in a row key is of. Rows know buckets by name only: where an id was found before
 * is remembered, and proved again in every moment that is looked at.
 */
import { toHex } from '../../base/bytes.ts';
import { type BucketRow, bucketRow } from '../../rows/bucket-row.ts';
import type { Inspection } from '../../rows/inspection.ts';
import { behind, encodeKey, rangeOf } from '../../rows/keyspace.ts';
import type { OpenBucket } from '../../rows/rows.ts';
import { openedElsewhere, openedElsewhereLater } from './finding.ts';

/** `shredded`: there on purpose, and not to be opened by anyone. */
export type BucketFound = OpenBucket | 'shredded' | undefined;

const pageRows = 1_000;

export class BucketsById {
  #names: ReadonlyMap<string, string> = new Map();

  /** Of one moment: each bucket is looked for once. Undefined where none that opens has the id. */
  in(inspection: Inspection): (id: Uint8Array) => Promise<BucketFound> {
    let last: { readonly id: Uint8Array; readonly bucket: BucketFound } | undefined;
    return async (id) => {
      if (last === undefined || Buffer.compare(last.id, id) !== 0) {
        last = { id, bucket: await this.#find(inspection, id) };
      }
      return last.bucket;
    };
  }

  async #find(inspection: Inspection, id: Uint8Array): Promise<BucketFound> {
    const known = this.#names.get(toHex(id));
    if (known !== undefined) {
      const found = await named(inspection, known);
      if (found?.row !== undefined && Buffer.compare(found.row.id, id) === 0) return found.bucket;
    }
    this.#names = await namesById(inspection);
    const name = this.#names.get(toHex(id));
    return name === undefined ? undefined : (await named(inspection, name))?.bucket;
  }
}

async function namesById(inspection: Inspection): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let { start, end } = rangeOf(encodeKey(bucketRow.code));
  for (;;) {
    const page = await inspection.entries({ start, end, limit: pageRows });
    for (const entry of page) {
      const name = openedElsewhere(() => bucketRow.decodeKey(entry.key));
      const row = openedElsewhere(() => inspection.openStoreRow(bucketRow, entry));
      if (name !== undefined && row !== undefined) names.set(toHex(row.id), name);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return names;
    start = behind(last.key);
  }
}

async function named(
  inspection: Inspection,
  name: string,
): Promise<{ readonly row: BucketRow; readonly bucket: BucketFound } | undefined> {
  const key = bucketRow.encodeKey(name);
  const value = await inspection.sealed(key);
  if (value === undefined) return undefined;
  const row = openedElsewhere(() => inspection.openStoreRow(bucketRow, { key, value }));
  if (row === undefined) return undefined;
  if (row.secret === undefined) return { row, bucket: 'shredded' };
  return { row, bucket: await openedElsewhereLater(() => inspection.bucket(name)) };
}
