/** The upload that a client names: its id and the object key together are its row's key. */
import { Refusal } from '../../base/refusal.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import type { PayloadOwner } from '../../rows/payload-row.ts';
import type { BucketReads, OpenBucket } from '../../rows/rows.ts';
import { tombstoneRow } from '../../rows/tombstone-row.ts';
import { type UploadKey, type UploadRow, uploadRow } from '../../rows/upload-row.ts';
import { openBucket } from '../buckets/create-buckets.ts';
import type { View } from '../store.ts';
import { encodeUploadId, parseUploadId } from '../upload-id.ts';
import type { Upload, UploadName } from '../uploads.ts';

export interface FoundUpload {
  readonly key: UploadKey;
  readonly row: UploadRow;
}

/** The upload, or undefined where none of that key and id is in progress. */
export async function findUpload(
  reads: BucketReads,
  name: UploadName,
): Promise<FoundUpload | undefined> {
  const key = uploadKeyOf(name);
  const row = key && (await reads.get(uploadRow, key));
  return key && row && { key, row };
}

/** The row key that a name says; undefined for an id that no upload can have. */
export function uploadKeyOf({ key, uploadId }: UploadName): UploadKey | undefined {
  const named = parseUploadId(uploadId);
  return named && { key, created: named.created, uploadId: named.id };
}

/** The upload with its bucket, or `NoSuchUpload`. */
export async function openUpload(
  view: View,
  name: UploadName,
): Promise<FoundUpload & { readonly bucket: OpenBucket }> {
  const bucket = await openBucket(view, name.bucket);
  const found = await findUpload(view.in(bucket), name);
  if (found === undefined) throw noSuchUpload(name);
  return { ...found, bucket };
}

export async function uploadInProgress(view: View, name: UploadName): Promise<Upload> {
  const { key, row } = await openUpload(view, name);
  return uploadOf(key, row);
}

export async function uploadHeaders(
  view: View,
  name: UploadName,
): Promise<Readonly<Record<string, string>> | undefined> {
  const bucket = await view.bucket(name.bucket);
  if (bucket === undefined) return undefined;
  const reads = view.in(bucket);
  const key = uploadKeyOf(name);
  if (key === undefined) return undefined;
  const upload = await reads.get(uploadRow, key);
  if (upload !== undefined) return upload.requestHeaders;
  const tombstone = await reads.get(tombstoneRow, key.uploadId);
  return tombstone?.key === name.key ? tombstone.requestHeaders : undefined;
}

export function uploadOf({ key, created, uploadId }: UploadKey, row: UploadRow): Upload {
  const { account, initiator, protection, checksum, requestHeaders } = row;
  return {
    key,
    uploadId: encodeUploadId({ created, id: uploadId }),
    initiated: new Date(created),
    account,
    initiator: initiator ?? { id: account, displayName: account },
    protection,
    checksum,
    requestHeaders,
  };
}

/** The key that everything of the upload is sealed under. */
export function openUploadKey(reads: BucketReads, { key, row }: FoundUpload): DataKey {
  const place = { purpose: 'upload', objectKey: key.key, id: key.uploadId } as const;
  return reads.openDataKey(place, row.dataKey);
}

/** Whose the bytes of parts are, before and after completion. */
export function ownerOfParts({ key, uploadId }: UploadKey): PayloadOwner {
  return { kind: 'upload', objectKey: key, id: uploadId };
}

export function noSuchUpload({ uploadId }: UploadName): Refusal {
  return new Refusal('NoSuchUpload', { fields: { UploadId: uploadId } });
}
