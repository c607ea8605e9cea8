/** Where a walk over the rows goes on: which ranges it takes, and the token that callers carry. */
import { fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import { Refusal } from '../../base/refusal.ts';
import { metadataKeyBytesMax } from '../../engines/metadata.ts';
import { policyRow } from '../../rows/bucket-config-row.ts';
import { bucketRow } from '../../rows/bucket-row.ts';
import type { Inspection } from '../../rows/inspection.ts';
import { type KeyRange, behind, bucketPrefix, rangeOf } from '../../rows/keyspace.ts';
import { tombstoneRow } from '../../rows/tombstone-row.ts';
import { openedElsewhereLater } from './finding.ts';

const front = 'v1.';
const charsMax = front.length + Math.ceil(((metadataKeyBytesMax + 1) * 4) / 3);

/** The token of a walk that goes on at this key, or at the next that there is. */
export function encodeCursor(rowKey: Uint8Array): string {
  return front + toBase64Url(rowKey);
}

export function decodeCursor(text: string): Uint8Array {
  const bytes = text.startsWith(front) ? fromBase64Url(text.slice(front.length)) : Buffer.alloc(0);
  const whole = text.length <= charsMax && encodeCursor(bytes) === text;
  if (whole && bytes.length > 0 && (bytes[0] ?? 0xff) < 0xff) return bytes;
  throw new Refusal('InvalidArgument', { message: '"after" is not what an earlier page gave.' });
}

const everything: readonly KeyRange[] = [{ start: Buffer.of(0x00), end: Buffer.of(0xff) }];

/** The rows to look at, in order: all, or those of one bucket. */
export async function rangesOf(
  inspection: Inspection,
  bucket: string | undefined,
): Promise<readonly KeyRange[]> {
  if (bucket === undefined) return everything;
  const rowKey = bucketRow.encodeKey(bucket);
  if ((await inspection.sealed(rowKey)) === undefined) {
    throw new Refusal('NotFound', { message: `There is no bucket ${JSON.stringify(bucket)}.` });
  }
  const own = { start: rowKey, end: behind(rowKey) };
  const row = await openedElsewhereLater(() => inspection.get(bucketRow, bucket));
  if (row === undefined) return [own];
  const inside: KeyRange[] = [];
  for (let kind = policyRow.code; kind <= tombstoneRow.code; kind += 1) {
    inside.push(rangeOf(bucketPrefix(kind, row.id)));
  }
  return [own, ...inside];
}

/** What of the ranges lies at `from` or behind it; undefined where nothing does. */
export function rangeFrom(
  ranges: readonly KeyRange[],
  from: Uint8Array | undefined,
): KeyRange | undefined {
  if (from === undefined) return ranges[0];
  const range = ranges.find(({ end }) => Buffer.compare(from, end) < 0);
  if (range === undefined || Buffer.compare(from, range.start) <= 0) return range;
  return { start: from, end: range.end };
}
