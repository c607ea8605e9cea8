/**
 * DeleteBucket: proves at commit that no version is left, after the uploads in progress and the
 * tombstones of completed ones were removed in bounded steps. The bucket's secret goes with its row:
 * what a backup still holds of the bucket, the live store can no longer read.
 */
import { Refusal } from '../../base/refusal.ts';
import { policyRow, taggingRow } from '../../rows/bucket-config-row.ts';
import { bucketRow } from '../../rows/bucket-row.ts';
import { bucketPrefix, rangeOf } from '../../rows/keyspace.ts';
import type { OpenBucket, RowTransaction } from '../../rows/rows.ts';
import { tombstoneRow } from '../../rows/tombstone-row.ts';
import { uploadRow } from '../../rows/upload-row.ts';
import { versionRow } from '../../rows/version-row.ts';
import type { StoreParts } from '../store-parts.ts';
import { noSuchBucket } from '../refusals.ts';
import { discardUpload } from '../uploads/discard-upload.ts';

/** Rows removed by one transaction. */
const stepRows = 200;
/** Uploads may begin while the bucket is being deleted; a client that goes on so must stop first. */
const roundsMax = 100;

export async function deleteBucket(parts: StoreParts, name: string): Promise<void> {
  for (let round = 0; round < roundsMax; round++) {
    const uploads = await parts.rows.transact((transaction) => step(transaction, name));
    if (uploads === undefined) return;
    for (const upload of uploads) await discardUpload(parts, name, upload);
  }
  throw new Refusal('OperationAborted');
}

/** Deletes an empty bucket, or removes some tombstones and names the uploads to be removed next. */
async function step(transaction: RowTransaction, name: string) {
  const bucket = await transaction.bucket(name);
  if (bucket === undefined) throw noSuchBucket(name);
  const inside = transaction.in(bucket);
  if ((await inside.range(versionRow, all(bucket, versionRow.code, 1))).length > 0) {
    throw new Refusal('BucketNotEmpty', { fields: { BucketName: name } });
  }
  const uploads = await inside.range(uploadRow, all(bucket, uploadRow.code, stepRows));
  if (uploads.length > 0) return uploads.map(({ key }) => key);
  const tombstones = await inside.range(tombstoneRow, all(bucket, tombstoneRow.code, stepRows));
  for (const { key } of tombstones) inside.delete(tombstoneRow, key);
  if (tombstones.length === stepRows) return [];
  if (bucket.row.configs.includes(policyRow.config)) inside.delete(policyRow, undefined);
  if (bucket.row.configs.includes(taggingRow.config)) inside.delete(taggingRow, undefined);
  await transaction.remove(bucketRow, name);
  return undefined;
}

function all(bucket: OpenBucket, code: number, limit: number) {
  return { ...rangeOf(bucketPrefix(code, bucket.row.id)), limit };
}
