/**
 * The bounds of the metadata port, held by every engine in the same words: what is outside them is
 * a `Defect` of the caller, never a truncated key or an engine's own error.
 */
import { assert } from '../base/refusal.ts';
import {
  metadataKeyBytesMax,
  metadataValueBytesMax,
  type PrefixesQuery,
  type RangeQuery,
} from './metadata.ts';

/** A key is 1 to `metadataKeyBytesMax` bytes. */
export function assertKey(key: Uint8Array): void {
  assert(key.length > 0, 'a metadata key is empty');
  assert(
    key.length <= metadataKeyBytesMax,
    `a metadata key has ${key.length} bytes, over ${metadataKeyBytesMax}`,
  );
}

/** A value is 0 to `metadataValueBytesMax` bytes. */
export function assertValue(value: Uint8Array): void {
  assert(
    value.length <= metadataValueBytesMax,
    `a metadata value has ${value.length} bytes, over ${metadataValueBytesMax}`,
  );
}

/** Bounds of a range may be empty, and one byte longer than a key: `key ‖ 00` is just behind `key`. */
export function assertRange(query: RangeQuery | PrefixesQuery): void {
  const longest = Math.max(query.start.length, query.end.length);
  assert(longest <= metadataKeyBytesMax + 1, `a metadata range bound has ${longest} bytes`);
  assert(Number.isSafeInteger(query.limit) && query.limit >= 1, 'a metadata range has no limit');
}

/** Holds what `prefixes` adds to a range. */
export function assertPrefixes(query: PrefixesQuery): void {
  assertRange(query);
  assert(query.delimiter.length > 0, 'a delimiter is empty');
  assert(query.prefixBytes >= 0, 'a prefix length is negative');
}

/** Whether nothing can lie in [start, end). */
export function isEmptyRange(query: RangeQuery | PrefixesQuery): boolean {
  return Buffer.compare(query.start, query.end) >= 0;
}
