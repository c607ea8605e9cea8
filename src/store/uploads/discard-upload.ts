/**
 * Removes a multipart upload with all its parts, in bounded transactions. Parts go first and the
 * upload's row last, in the transaction that saw no further part: whatever interrupts it, the rest
 * is still an upload that can be listed and aborted.
 */
import { behindAll, encodeKey } from '../../rows/keyspace.ts';
import { partRow } from '../../rows/part-row.ts';
import { type UploadKey, uploadRow } from '../../rows/upload-row.ts';
import { discardBlob } from '../history.ts';
import type { StoreParts } from '../store-parts.ts';
import { noSuchBucket } from '../refusals.ts';

/** Parts removed by one transaction. */
const stepParts = 500;

/** Resolves with false where there is no such upload (any more). */
export async function discardUpload(
  { rows, clock }: Pick<StoreParts, 'rows' | 'clock'>,
  bucketName: string,
  upload: UploadKey,
): Promise<boolean> {
  for (;;) {
    const end = await rows.transact(async (transaction) => {
      const bucket = await transaction.bucket(bucketName);
      if (bucket === undefined) throw noSuchBucket(bucketName);
      const inside = transaction.in(bucket);
      if ((await inside.get(uploadRow, upload)) === undefined) return false;
      const start = encodeKey(partRow.code, bucket.row.id, upload.uploadId);
      const range = { start, end: behindAll(start), limit: stepParts };
      const parts = await inside.range(partRow, range);
      const now = clock();
      for (const { key, value } of parts) {
        inside.delete(partRow, key);
        discardBlob(transaction, inside, value.blob, now);
      }
      if (parts.length === stepParts) return undefined;
      inside.delete(uploadRow, upload);
      return true;
    });
    if (end !== undefined) return end;
  }
}
