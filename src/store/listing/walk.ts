/**
 * Rows of one kind in key order with the keys behind a common prefix rolled up, a page at a time.
 * Where the engine groups by itself a common prefix costs one seek; elsewhere it costs two or three
 * small range reads, however many rows are behind it.
 */
import { setImmediate } from 'node:timers/promises';
import { metadataKeyBytesMax } from '../../engines/metadata.ts';
import { type KeyRange, behind, behindAll, bucketPrefix } from '../../rows/keyspace.ts';
import type { BucketRowKind } from '../../rows/row-kind.ts';
import type { BucketView, OpenBucket, Row } from '../../rows/rows.ts';

/** A row, or a common prefix with the keys behind it left out. */
export type Found<K, V> =
  | ({ readonly kind: 'row' } & Row<K, V>)
  | { readonly kind: 'prefix'; readonly prefix: string };

/** What is walked over. */
export interface Ground<K, V> {
  readonly inside: BucketView;
  readonly bucket: OpenBucket;
  readonly rowKind: BucketRowKind<K, V>;
  /** The object key of a row. */
  readonly keyOf: (key: K) => string;
  readonly prefix: string;
  /** '' for none. */
  readonly delimiter: string;
}

/** One read: the next entries of a range, fewer than `limit` only at its end. */
type Read<K, V> = (range: KeyRange, limit: number) => Promise<readonly Found<K, V>[]>;

/** After so many rows other requests get their turn: a listing may have to skip any number. */
const rowsPerTurn = 2_000;

export class Walk<K, V> {
  readonly #ground: Ground<K, V>;
  readonly #read: Read<K, V>;
  readonly #end: Uint8Array;
  /** Where the walk begins: no row below it counts, not even for a common prefix. */
  readonly first: Uint8Array;
  #start: Uint8Array;
  #sinceTurn = 0;
  #ended = false;

  /** From `start` on; undefined is the first key with the prefix. */
  constructor(ground: Ground<K, V>, start: Uint8Array | undefined, read?: Read<K, V>) {
    const { rowKind, bucket, prefix } = ground;
    const front = bucketPrefix(rowKind.code, bucket.row.id, prefix);
    this.#ground = ground;
    this.#read = read ?? ((range, limit) => groupedByRange(ground, range, limit));
    this.first = start === undefined ? clipped(front) : greater(clipped(start), clipped(front));
    this.#start = this.first;
    this.#end = clipped(behindAll(front));
  }

  /** Whether everything was given. */
  get ended(): boolean {
    return this.#ended || Buffer.compare(this.#start, this.#end) >= 0;
  }

  /** At most `limit` entries, fewer only at the end. */
  async next(limit: number): Promise<readonly Found<K, V>[]> {
    if (this.ended) return [];
    if (this.#sinceTurn > rowsPerTurn) {
      this.#sinceTurn = 0;
      await setImmediate();
    }
    const found = await this.#read({ start: this.#start, end: this.#end }, limit);
    this.#sinceTurn += found.length;
    const last = found.at(-1);
    if (last === undefined || found.length < limit) this.#ended = true;
    else this.#start = behindFound(this.#ground, last);
    return found;
  }
}

/** The common prefix of a key behind `prefix`, delimiter included; undefined where it has none. */
function commonPrefixOf(
  key: string,
  { prefix, delimiter }: { readonly prefix: string; readonly delimiter: string },
): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** Whether a marker is a common prefix of this listing: all that begins with it was given. */
export function isCommonPrefix(
  marker: string,
  scope: { readonly prefix: string; readonly delimiter: string },
): boolean {
  return marker.startsWith(scope.prefix) && commonPrefixOf(marker, scope) === marker;
}

/** The least row key behind all whose object key begins with `prefix`. */
export function behindPrefix(
  { rowKind, bucket }: { readonly rowKind: { readonly code: number }; readonly bucket: OpenBucket },
  prefix: string,
): Uint8Array {
  return behindAll(bucketPrefix(rowKind.code, bucket.row.id, prefix));
}

function behindFound<K, V>(ground: Ground<K, V>, found: Found<K, V>): Uint8Array {
  return found.kind === 'row'
    ? behind(ground.rowKind.encodeKey(ground.bucket.row.id, found.key))
    : clipped(behindPrefix(ground, found.prefix));
}

/** Rows to begin with behind a common prefix: most often the next one is right there. */
const firstRows = 2;

async function groupedByRange<K, V>(
  ground: Ground<K, V>,
  { start, end }: KeyRange,
  limit: number,
): Promise<readonly Found<K, V>[]> {
  const { inside, rowKind, keyOf } = ground;
  const results: Found<K, V>[] = [];
  let from = start;
  let size = ground.delimiter === '' ? limit : firstRows;
  while (results.length < limit && Buffer.compare(from, end) < 0) {
    size = Math.min(size, limit - results.length);
    const rows = await inside.range(rowKind, { start: from, end, limit: size });
    let prefix: string | undefined;
    for (const { key, value } of rows) {
      prefix = commonPrefixOf(keyOf(key), ground);
      if (prefix === undefined) {
        results.push({ kind: 'row', key, value });
      } else {
        results.push({ kind: 'prefix', prefix });
        // The rest of these rows may be behind the same prefix: it is cheaper to seek past it.
        break;
      }
    }
    const last = results.at(-1);
    if (last === undefined || (prefix === undefined && rows.length < size)) break;
    from = behindFound(ground, last);
    size = prefix === undefined ? size * 4 : firstRows;
  }
  return results;
}

function greater(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Buffer.compare(a, b) < 0 ? b : a;
}

/**
 * Engines take bounds of little more than their longest key. A longer bound (a marker may have any
 * length) is above exactly the row keys that its first bytes are above: all row keys are shorter.
 */
function clipped(bound: Uint8Array): Uint8Array {
  return bound.length <= metadataKeyBytesMax ? bound : bound.subarray(0, metadataKeyBytesMax);
}
