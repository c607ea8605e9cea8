/**
 * Listings as S3 describes them, told naively over arrays: what `store/listing` is held against.
 * Also makes the rows of a bucket directly, without objects behind them.
 */
import { randomId } from '../src/base/ids.ts';
import { openMemoryMetadata } from '../src/engines/memory/metadata.ts';
import { headRow } from '../src/rows/head-row.ts';
import type { BucketTransaction, Rows } from '../src/rows/rows.ts';
import { uploadRow } from '../src/rows/upload-row.ts';
import { type VersionRow, versionRow } from '../src/rows/version-row.ts';
import { freshRows } from './rows-fixture.ts';

export interface ModelVersion {
  readonly ordinal: number;
  readonly id: Uint8Array;
  readonly marker: boolean;
  readonly null: boolean;
}

/** Versions of each key, newest first. */
export type ModelBucket = Map<string, ModelVersion[]>;

/** A bucket `b` in a store of its own. */
export async function bucketOfRows(versioning: 'off' | 'enabled' = 'enabled'): Promise<Rows> {
  const rows = await freshRows({ metadata: openMemoryMetadata() });
  await rows.transact((transaction) =>
    transaction.createBucket('b', {
      id: randomId(),
      account: '123456789012',
      createdAt: new Date(0),
      region: 'us-east-1',
      mode: 'modern',
      versioning,
      encryption: undefined,
      publicAccessBlock: undefined,
      ownership: undefined,
      configs: [],
    }),
  );
  return rows;
}

/** Writes all of `fn` into bucket `b` in one transaction. */
export async function writeRows(
  rows: Rows,
  fn: (inside: BucketTransaction) => void,
): Promise<void> {
  await rows.transact(async (transaction) => {
    const bucket = await transaction.bucket('b');
    if (bucket !== undefined) fn(transaction.in(bucket));
  });
}

/** The head row and the version rows of a key. */
export function putKey(
  inside: BucketTransaction,
  key: string,
  versions: readonly ModelVersion[],
): void {
  const [top] = versions;
  if (top === undefined) return;
  for (const version of versions) {
    inside.put(versionRow, { key, ordinal: version.ordinal }, versionFacts(version));
  }
  inside.put(headRow, key, {
    ...versionFacts(top),
    top: top.ordinal,
    ordinal: top.ordinal,
    nulls: versions.find((version) => version.null)?.ordinal,
    checksumAlgorithm: top.marker ? undefined : 'CRC32',
    checksumType: top.marker ? undefined : 'FULL_OBJECT',
  });
}

export function removeKey(
  inside: BucketTransaction,
  key: string,
  versions: readonly ModelVersion[],
): void {
  for (const { ordinal } of versions) inside.delete(versionRow, { key, ordinal });
  inside.delete(headRow, key);
}

export function putUpload(
  inside: BucketTransaction,
  upload: { readonly key: string; readonly created: number; readonly uploadId: Uint8Array },
): void {
  inside.put(uploadRow, upload, {
    account: '123456789012',
    initiator: { id: 'arn:aws:iam::123456789012:root', displayName: 'root' },
    dataKey: noKey,
    contentType: undefined,
    headers: undefined,
    meta: undefined,
    tags: undefined,
    checksum: { algorithm: 'SHA256', type: 'COMPOSITE' },
    protection: 'SSE-S3',
    requestHeaders: { 'x-amz-acl': 'private' },
  });
}

const noKey = { version: 1, wrapped: Buffer.alloc(72), commitment: Buffer.alloc(32) };

function versionFacts({ id, marker, null: isNull, ordinal }: ModelVersion): VersionRow {
  return {
    id,
    null: isNull,
    marker,
    modified: new Date(ordinal * 1000),
    size: marker ? 0 : ordinal,
    etag: marker ? '' : 'e',
    dataKey: noKey,
    blob: undefined,
    parts: undefined,
    pages: undefined,
    contentType: undefined,
    headers: undefined,
    meta: undefined,
    tags: undefined,
    checksum: marker ? undefined : { algorithm: 'CRC32', type: 'FULL_OBJECT', value: 'AAAAAA==' },
    protection: 'SSE-S3',
  };
}

export interface ModelQuery {
  readonly prefix: string;
  readonly delimiter: string;
}

/** What a listing gives, in order: a name of its own, or a common prefix. */
export type ModelItem = { readonly item: string } | { readonly prefix: string };

/** Rolls `items` (in UTF-8 order of key) up. */
export function rolledUp(
  items: readonly { readonly key: string; readonly name: string }[],
  { prefix, delimiter }: ModelQuery,
): ModelItem[] {
  const result: ModelItem[] = [];
  const seen = new Set<string>();
  for (const { key, name } of items) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (at < 0) {
      result.push({ item: name });
      continue;
    }
    const common = key.slice(0, at + delimiter.length);
    if (!seen.has(common)) result.push({ prefix: common });
    seen.add(common);
  }
  return result;
}

/** The keys behind `after`: a key, or a common prefix of this very listing. */
export function keysBehind(
  keys: readonly string[],
  after: string | undefined,
  { prefix, delimiter }: ModelQuery,
): string[] {
  const sorted = keys.toSorted(compareUtf8);
  if (after === undefined || after === '') return sorted;
  const at = delimiter === '' ? -1 : after.indexOf(delimiter, prefix.length);
  const isCommon = after.startsWith(prefix) && at >= 0 && at + delimiter.length === after.length;
  return sorted.filter(
    (key) => compareUtf8(key, after) > 0 && !(isCommon && key.startsWith(after)),
  );
}

/** UTF-8 byte order, which JavaScript's `<` (UTF-16 order) is not. */
export function compareUtf8(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
