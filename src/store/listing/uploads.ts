/** ListMultipartUploads: uploads in progress by key, then by when they began. */
import { Refusal } from '../../base/refusal.ts';
import { behind, behindAll, encodeKey } from '../../rows/keyspace.ts';
import { type UploadKey, uploadRow } from '../../rows/upload-row.ts';
import type { OpenBucket } from '../../rows/rows.ts';
import type { ListQuery, Listing } from '../listing.ts';
import type { View } from '../store.ts';
import { parseUploadId } from '../upload-id.ts';
import type { Upload } from '../uploads.ts';
import { uploadOf } from '../uploads/find-upload.ts';
import { bucketToList } from './heads.ts';
import { Page } from './page.ts';
import { Walk, behindPrefix, isCommonPrefix } from './walk.ts';

export type UploadsQuery = ListQuery & {
  readonly keyMarker?: string;
  readonly uploadIdMarker?: string;
};

export async function listUploads(view: View, query: UploadsQuery): ReturnType<Listing['uploads']> {
  const bucket = await bucketToList(view, query.bucket);
  const start = startOf(bucket, query);
  const page = new Page<Upload>(query.limit);
  if (query.limit > 0) {
    const { prefix, delimiter } = query;
    const keyOf = ({ key }: UploadKey): string => key;
    const ground = {
      inside: view.in(bucket),
      bucket,
      rowKind: uploadRow,
      keyOf,
      prefix,
      delimiter,
    };
    const walk = new Walk(ground, start);
    while (!walk.ended && !page.truncated) {
      for (const found of await walk.next(page.wanted)) {
        if (found.kind === 'prefix') page.addPrefix(found.prefix);
        else page.add(uploadOf(found.key, found.value));
      }
    }
  }
  const { entries: uploads, commonPrefixes, truncated, last } = page;
  const next = truncated ? last : undefined;
  return {
    uploads,
    commonPrefixes,
    truncated,
    nextKeyMarker: next && ('prefix' in next ? next.prefix : next.entry.key),
    nextUploadIdMarker: next && 'entry' in next ? next.entry.uploadId : undefined,
  };
}

/** Behind the marked upload, or behind everything of the marked key; undefined for the beginning. */
function startOf(bucket: OpenBucket, query: UploadsQuery): Uint8Array | undefined {
  const { keyMarker: key, uploadIdMarker } = query;
  // AWS: without a key marker an upload id marker is ignored.
  if (key === undefined || key === '') return undefined;
  if (uploadIdMarker !== undefined) {
    const named = parseUploadId(uploadIdMarker);
    if (named === undefined) throw invalidMarker(uploadIdMarker);
    const { created, id: uploadId } = named;
    return behind(uploadRow.encodeKey(bucket.row.id, { key, created, uploadId }));
  }
  if (isCommonPrefix(key, query)) return behindPrefix({ rowKind: uploadRow, bucket }, key);
  return behindAll(encodeKey(uploadRow.code, bucket.row.id, key));
}

function invalidMarker(value: string): Refusal {
  return new Refusal('InvalidArgument', {
    message: 'Invalid uploadId marker',
    fields: { ArgumentName: 'upload-id-marker', ArgumentValue: value },
  });
}
