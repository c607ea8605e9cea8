/**
 * The rows inside a bucket whose secret is gone, found by their keys alone: none of them opens any
 * more. A payload row that is a twin tells the id of a blob file, or of nothing that was ever a file.
 */
import { readHeader } from '../crypto/envelope.ts';
import type { Entry, Reader } from '../engines/metadata.ts';
import { policyRow } from './bucket-config-row.ts';
import { headRow } from './head-row.ts';
import { bucketPrefix, rangeOf } from './keyspace.ts';
import { manifestCode } from './manifest-row.ts';
import { partRow } from './part-row.ts';
import { payloadCode } from './payload-row.ts';
import { naming } from './row-seals.ts';
import { tombstoneRow } from './tombstone-row.ts';
import { uploadRow } from './upload-row.ts';
import { versionRow } from './version-row.ts';

export interface ShreddedRows {
  readonly entries: readonly Entry[];
  /** Blob ids of the twins among them. */
  readonly twins: readonly Uint8Array[];
}

/** At most `limit` rows of the bucket; fewer only where there are no more. */
export async function shreddedRows(
  reader: Reader,
  bucketId: Uint8Array,
  limit: number,
): Promise<ShreddedRows> {
  const entries: Entry[] = [];
  for (const code of bucketKindCodes) {
    if (entries.length === limit) break;
    const range = rangeOf(bucketPrefix(code, bucketId));
    entries.push(...(await reader.range({ ...range, limit: limit - entries.length })));
  }
  const twins = entries.filter(isTwin).map(({ key }) => key.subarray(blobIdAt));
  return { entries, twins };
}

/** Every kind whose key begins with a bucket's id (FORMAT.md §2.1). */
export const bucketKindCodes: readonly number[] = [
  policyRow.code,
  headRow.code,
  versionRow.code,
  manifestCode,
  payloadCode,
  uploadRow.code,
  partRow.code,
  tombstoneRow.code,
];

/** Behind the kind and the bucket's id. */
const blobIdAt = 17;

export function isTwin({ key, value }: Entry): boolean {
  if (key[0] !== payloadCode) return false;
  const name = { kind: 'payload', rowKey: key, bucket: undefined, value };
  return naming(name, () => readHeader(value)).scheme === 'twin';
}
