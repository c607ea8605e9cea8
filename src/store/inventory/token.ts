/** Where a listing of the inventory goes on: an opaque token that callers carry, bounded and checked. */
import { fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';

/** Everything up to here was listed. */
export interface InventoryPlace {
  readonly bucket: string;
  /** Undefined: of this bucket everything. */
  readonly version?: { readonly key: string; readonly ordinal: number } | undefined;
}

const front = 'i1.';
const bucketCharsMax = 255;
/** A key's bytes as JSON take six characters at most each, as base64 eight. */
const charsMax = 2 * (6 * s3Limits.keyBytesMax + bucketCharsMax) + 100;

export function encodePlace({ bucket, version }: InventoryPlace): string {
  const fields = version === undefined ? [bucket] : [bucket, version.key, version.ordinal];
  return front + toBase64Url(Buffer.from(JSON.stringify(fields), 'utf8'));
}

export function decodePlace(text: string): InventoryPlace {
  if (text.length <= charsMax && text.startsWith(front)) {
    const place = placeOf(parse(fromBase64Url(text.slice(front.length)).toString('utf8')));
    if (place !== undefined && encodePlace(place) === text) return place;
  }
  throw new Refusal('InvalidArgument', { message: '"after" is not what an earlier page gave.' });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function placeOf(fields: unknown): InventoryPlace | undefined {
  if (!Array.isArray(fields)) return undefined;
  const [bucket, key, ordinal, ...rest] = fields as unknown[];
  if (rest.length > 0 || !isName(bucket, bucketCharsMax)) return undefined;
  if (fields.length === 1) return { bucket };
  if (!isName(key, s3Limits.keyBytesMax)) return undefined;
  if (!Number.isSafeInteger(ordinal) || (ordinal as number) < 1) return undefined;
  return { bucket, version: { key, ordinal: ordinal as number } };
}

function isName(value: unknown, bytesMax: number): value is string {
  if (typeof value !== 'string' || !value.isWellFormed()) return false;
  return value.length > 0 && Buffer.byteLength(value) <= bytesMax;
}
