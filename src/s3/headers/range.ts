/**
 * Byte ranges in plaintext coordinates (RFC 9110 §14 as S3 keeps it, S3-BEHAVIOURS 11 and 12): one
 * range; a list of ranges and a syntactically bad header are ignored and the whole object is sent.
 */
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { PlainRange } from '../../store/objects.ts';
import { type Conditioned } from './conditions.ts';
import { unquoteEtag } from './etag.ts';
import { parseHttpDate, wholeSeconds } from './http-date.ts';

/**
 * The range that a GET or HEAD asks for; undefined for the whole object. Throws `InvalidRange` (416)
 * with `Content-Range: bytes *\/N` for one that lies outside.
 */
export function requestedRange(
  headers: Headers,
  version: Conditioned & { readonly size: number },
): PlainRange | undefined {
  const value = header(headers, 'range');
  if (value === undefined || !ifRangeHolds(headers, version)) return undefined;
  return parseRange(value, version.size);
}

/** A Range header's value against an object's size. */
export function parseRange(value: string, size: number): PlainRange | undefined {
  const match = oneRange.exec(value.trim());
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return undefined;
    const length = Math.min(Number(last), size);
    if (length === 0) throw outside(value, size);
    return { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw outside(value, size);
  return { start, end };
}

/** `Content-Range` of a 206. */
export function contentRange({ start, end }: PlainRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

/**
 * `x-amz-copy-source-range` of UploadPartCopy: both ends given, or `InvalidArgument`. Whether it lies
 * within the source is for the store to say.
 */
export function copySourceRange(headers: Headers): PlainRange | undefined {
  const value = header(headers, copyRange);
  if (value === undefined) return undefined;
  const [, first = '', last = ''] = oneRange.exec(value.trim()) ?? [];
  const start = Number(first);
  const end = Number(last) + 1;
  if (first === '' || last === '' || end <= start || !Number.isSafeInteger(end)) {
    throw new Refusal('InvalidArgument', {
      message:
        'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      fields: { ArgumentName: copyRange, ArgumentValue: value },
    });
  }
  return { start, end };
}

const copyRange = 'x-amz-copy-source-range';
const oneRange = /^bytes=(\d*)-(\d*)$/i;

/** If-Range (RFC 9110 §13.1.5): a changed object is sent whole, so that no resumed download is a mix. */
function ifRangeHolds(headers: Headers, version: Conditioned): boolean {
  const value = header(headers, 'if-range');
  if (value === undefined) return true;
  const date = parseHttpDate(value);
  return date === undefined
    ? unquoteEtag(value) === version.etag
    : wholeSeconds(date) === wholeSeconds(version.modified);
}

function outside(value: string, size: number): Refusal {
  return new Refusal('InvalidRange', {
    fields: { RangeRequested: value, ActualObjectSize: String(size) },
    headers: { 'Content-Range': `bytes */${size}`, 'Accept-Ranges': 'bytes' },
  });
}
