/** ListParts: a page of the parts there are, by number. */
import { s3Limits } from '../../base/limits.ts';
import { behind, behindAll, encodeKey } from '../../rows/keyspace.ts';
import { type PartRow, partRow } from '../../rows/part-row.ts';
import type { View } from '../store.ts';
import type { UploadedPart, Uploads } from '../uploads.ts';
import { openUpload, uploadOf } from './find-upload.ts';

export async function listParts(
  view: View,
  query: Parameters<Uploads['listParts']>[1],
): ReturnType<Uploads['listParts']> {
  const { bucket, key, row } = await openUpload(view, query);
  const upload = uploadOf(key, row);
  const { marker, limit } = query;
  if (limit === 0 || marker >= s3Limits.partNumberMax) return { upload, parts: [], more: false };
  const { uploadId } = key;
  const range = {
    start: behind(partRow.encodeKey(bucket.row.id, { uploadId, number: marker })),
    end: behindAll(encodeKey(partRow.code, bucket.row.id, uploadId)),
    limit: limit + 1,
  };
  const found = await view.in(bucket).range(partRow, range);
  const parts = found.slice(0, limit).map((part) => uploadedPart(part.key.number, part.value));
  return { upload, parts, more: found.length > limit };
}

export function uploadedPart(number: number, row: PartRow): UploadedPart {
  const { size, etag, modified, checksums } = row;
  return { number, size, etag, modified, checksums };
}
