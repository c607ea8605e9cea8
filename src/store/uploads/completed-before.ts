/**
 * A CompleteMultipartUpload that comes again (S3-BEHAVIOURS 10): its first answer may have been lost
 * on the way, or two clients finished the same upload. The tombstone of the upload answers the same
 * list of parts as the first time, whatever became of the object since; any other list, or another
 * key, meets no such upload.
 */
import type { BucketReads, OpenBucket } from '../../rows/rows.ts';
import { tombstoneRow } from '../../rows/tombstone-row.ts';
import { findVersion } from '../objects/find-version.ts';
import type { Written } from '../objects.ts';
import type { CompleteInput } from './completed-list.ts';
import { noSuchUpload, uploadKeyOf } from './find-upload.ts';
import { assertChecksum } from './object-digests.ts';

export async function completedBefore(
  inside: BucketReads,
  bucket: OpenBucket,
  input: CompleteInput & { readonly request: Buffer },
): Promise<Written> {
  const named = uploadKeyOf(input);
  if (named === undefined) throw noSuchUpload(input);
  const tombstone = await inside.get(tombstoneRow, named.uploadId);
  if (tombstone === undefined || tombstone.key !== input.key) throw noSuchUpload(input);
  if (!input.request.equals(tombstone.request)) throw noSuchUpload(input);
  const { etag, checksum, protection, completedAt, version: versionId } = tombstone;
  if (checksum !== undefined) assertChecksum(checksum, input.checksum);
  // The tombstone holds what the answer shows. The size is the version's, where it still is.
  const place = { bucket: input.bucket, key: input.key, versionId: versionId ?? 'null' };
  const found = await findVersion(inside, bucket, place);
  const same = found !== undefined && Buffer.compare(found.row.id, named.uploadId) === 0;
  const size = same ? found.row.size : 0;
  return { etag, size, versionId, protection, checksum, modified: completedAt };
}
