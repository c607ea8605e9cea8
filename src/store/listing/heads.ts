/** Walking over the heads of a bucket: one per object key, a delete marker on top or not. */
import { setImmediate } from 'node:timers/promises';
import type { View } from '../store.ts';
import type { ListQuery } from '../listing.ts';
import { noSuchBucket } from '../refusals.ts';
import { type HeadRow, headRow } from '../../rows/head-row.ts';
import { type KeyRange, behind, rangeOf, bucketPrefix } from '../../rows/keyspace.ts';
import type { OpenBucket } from '../../rows/rows.ts';
import { type Ground, Walk, behindPrefix, isCommonPrefix } from './walk.ts';

export type HeadGround = Ground<string, HeadRow>;

/** The bucket of a listing, or `NoSuchBucket`. */
export async function bucketToList(view: View, name: string): Promise<OpenBucket> {
  const bucket = await view.bucket(name);
  if (bucket === undefined) throw noSuchBucket(name);
  return bucket;
}

export function headGround(view: View, bucket: OpenBucket, query: ListQuery): HeadGround {
  const { prefix, delimiter } = query;
  const keyOf = (key: string): string => key;
  return { inside: view.in(bucket), bucket, rowKind: headRow, keyOf, prefix, delimiter };
}

/** Heads from `start` on (undefined: from the first with the prefix). */
export function walkHeads(
  ground: HeadGround,
  start: Uint8Array | undefined,
): Walk<string, HeadRow> {
  const { inside, delimiter, prefix } = ground;
  // U+0001 alone also ends every encoded string: the engine, which compares bytes, would find it.
  if (delimiter === '' || delimiter === '\u0001') return new Walk(ground, start);
  return new Walk(ground, start, (range, limit) =>
    inside.grouped(headRow, { ...range, prefix, delimiter, limit }),
  );
}

/** Where to go on after a key or a common prefix that was given last; undefined for the beginning. */
export function startAfter(ground: HeadGround, after: string | undefined): Uint8Array | undefined {
  if (after === undefined || after === '') return undefined;
  if (isCommonPrefix(after, ground)) return behindPrefix(ground, after);
  return behind(headRow.encodeKey(ground.bucket.row.id, after));
}

/** Keys below a common prefix that come in one read; most often the first one is alive. */
const firstRows = 1;
const rowsMax = 1_000;

/**
 * Whether a key behind a common prefix, from `first` on, has an object: delete markers alone make no
 * common prefix.
 */
export async function hasObject(
  { inside, bucket }: HeadGround,
  prefix: string,
  first: Uint8Array,
): Promise<boolean> {
  const range: KeyRange = rangeOf(bucketPrefix(headRow.code, bucket.row.id, prefix));
  let from = Buffer.compare(first, range.start) > 0 ? first : range.start;
  let limit = firstRows;
  while (Buffer.compare(from, range.end) < 0) {
    const rows = await inside.range(headRow, { start: from, end: range.end, limit });
    if (rows.some(({ value }) => !value.marker)) return true;
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return false;
    from = behind(headRow.encodeKey(bucket.row.id, last.key));
    if (limit === rowsMax) await setImmediate();
    limit = Math.min(limit * 10, rowsMax);
  }
  return false;
}
