/**
 * Common prefixes: what `Snapshot.prefixes` means, in one place for all engines, and a default made
 * of `range` calls for engines that have nothing better. A native engine seeks instead.
 */
import { asBuffer } from '../base/bytes.ts';
import { assertPrefixes, isEmptyRange } from './bounds.ts';
import type { PrefixesQuery, PrefixesResult, Reader } from './metadata.ts';

/** Answers `query` with a few range reads: each starts behind the common prefix it last met. */
export async function prefixesByRange(
  reader: Pick<Reader, 'range'>,
  query: PrefixesQuery,
): Promise<readonly PrefixesResult[]> {
  assertPrefixes(query);
  const results: PrefixesResult[] = [];
  let start: Uint8Array | undefined = query.start;
  while (start !== undefined && !isEmptyRange({ ...query, start })) {
    const limit: number = query.limit - results.length;
    if (limit === 0) break;
    const rows = await reader.range({ start, end: query.end, limit });
    let behind: Uint8Array | undefined;
    let prefix: Uint8Array | undefined;
    for (const entry of rows) {
      if (prefix !== undefined && startsWith(entry.key, prefix)) continue;
      prefix = commonPrefix(entry.key, query);
      results.push(prefix === undefined ? { kind: 'entry', entry } : { kind: 'prefix', prefix });
      behind = prefix ?? entry.key;
    }
    if (rows.length < limit || behind === undefined) break;
    start = prefix === undefined ? Buffer.concat([behind, zero]) : successor(behind);
  }
  return results;
}

const zero = Buffer.of(0);

/** `key` up to the end of the first delimiter behind `prefixBytes`, or undefined without one. */
export function commonPrefix(key: Uint8Array, query: PrefixesQuery): Buffer | undefined {
  const bytes = asBuffer(key);
  const at = bytes.indexOf(query.delimiter, query.prefixBytes);
  return at < 0 ? undefined : Buffer.from(bytes.subarray(0, at + query.delimiter.length));
}

/** The least key behind every key that begins with `prefix`; undefined where there is none. */
export function successor(prefix: Uint8Array): Buffer | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  if (length === 0) return undefined;
  const next = Buffer.from(prefix.subarray(0, length));
  next[length - 1] = (next[length - 1] ?? 0) + 1;
  return next;
}

function startsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return (
    key.length >= prefix.length && Buffer.compare(key.subarray(0, prefix.length), prefix) === 0
  );
}
