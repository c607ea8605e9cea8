/**
 * CreateMultipartUpload: the upload's row, and in it the data key that every part will be sealed
 * under. What is promised of the object is settled here.
 */
import { randomId } from '../../base/ids.ts';
import { DataKey } from '../../crypto/data-key.ts';
import { type UploadKey, type UploadRow, uploadRow } from '../../rows/upload-row.ts';
import { openBucket } from '../buckets/create-buckets.ts';
import { factsOf, protectionOf } from '../objects/put.ts';
import type { StoreParts } from '../store-parts.ts';
import type { CreateUploadInput, Upload } from '../uploads.ts';
import { uploadOf } from './find-upload.ts';

export async function createUpload(
  { rows, clock, sealedBlobs }: StoreParts,
  input: CreateUploadInput,
): Promise<Upload> {
  await sealedBlobs.room.check(1);
  const dataKey = DataKey.generate();
  return rows.transact(async (transaction) => {
    const bucket = await openBucket(transaction, input.bucket);
    const inside = transaction.in(bucket);
    const key: UploadKey = {
      key: input.key,
      created: clock().getTime(),
      uploadId: randomId(),
    };
    const place = { purpose: 'upload', objectKey: input.key, id: key.uploadId } as const;
    const row: UploadRow = {
      account: input.account,
      initiator: input.initiator,
      dataKey: inside.wrapDataKey(place, dataKey),
      ...factsOf(input.facts),
      checksum: input.checksum,
      protection: protectionOf(bucket, input.sse),
      requestHeaders: input.requestHeaders,
    };
    inside.put(uploadRow, key, row);
    return uploadOf(key, row);
  });
}
