/**
 * UploadPart (and UploadPartCopy's second half): every attempt is a new blob under the upload's data
 * key, so no payload key ever seals two bodies. The transaction that makes it visible reads the
 * upload's row: a part never joins an upload that was completed or aborted meanwhile.
 */
import type { DataKey } from '../../crypto/data-key.ts';
import { type PartRow, partRow } from '../../rows/part-row.ts';
import type { RowTransaction } from '../../rows/rows.ts';
import { assertDeclared } from '../checksums/digests.ts';
import { discardBlob } from '../history.ts';
import type { Protection } from '../objects.ts';
import { openBucketOf } from '../objects/put.ts';
import type { StoreParts } from '../store-parts.ts';
import type { ReceivedBody } from '../sealed-blobs.ts';
import type { View } from '../store.ts';
import type { PartInput, UploadName, UploadedPart } from '../uploads.ts';
import {
  type FoundUpload,
  findUpload,
  noSuchUpload,
  openUpload,
  openUploadKey,
  ownerOfParts,
} from './find-upload.ts';
import { uploadedPart } from './list-parts.ts';
import { partSums } from './part-checksums.ts';

/** A part as it was stored, and what its object is promised. */
export type StoredPart = UploadedPart & { readonly protection: Protection };

export async function putPart(parts: StoreParts, input: PartInput): Promise<StoredPart> {
  const upload = await (async () => {
    using view = parts.rows.view();
    return await uploadToFill(view, input);
  })();
  return storePart(parts, upload, input);
}

/** An upload with its key opened: needs no view any more. */
export interface UploadToFill {
  readonly row: FoundUpload['row'];
  readonly bucketId: Uint8Array;
  readonly dataKey: DataKey;
}

/** The upload that a part is for, or `NoSuchUpload` before a byte of the part is read. */
export async function uploadToFill(view: View, name: UploadName): Promise<UploadToFill> {
  const { bucket, ...found } = await openUpload(view, name);
  const dataKey = openUploadKey(view.in(bucket), found);
  return { row: found.row, bucketId: bucket.row.id, dataKey };
}

export async function storePart(
  parts: StoreParts,
  { row, bucketId, dataKey }: UploadToFill,
  input: PartInput,
): Promise<StoredPart> {
  const sums = partSums(row, input.body, input.digests.checksum);
  await using received = await parts.sealedBlobs.receive({
    body: sums.body,
    length: input.length,
    algorithm: sums.algorithm,
    dataKey,
    bucketId: async () => bucketId,
  });
  assertDeclared(received.digests, input.digests);
  const checksums = sums.of(received.digests);
  const stored = await received.commit(() =>
    parts.rows.transact((transaction) =>
      place(transaction, input, { bucketId, received, checksums, modified: parts.clock() }),
    ),
  );
  return { ...uploadedPart(input.number, stored), protection: row.protection };
}

interface NewPart extends Pick<PartRow, 'checksums' | 'modified'> {
  readonly bucketId: Uint8Array;
  readonly received: ReceivedBody;
}

/** Puts the part into its upload; what had its number before goes. */
async function place(
  transaction: RowTransaction,
  input: UploadName & { readonly number: number },
  { bucketId, received, checksums, modified }: NewPart,
): Promise<PartRow> {
  const bucket = await openBucketOf(transaction, input.bucket, bucketId);
  const inside = transaction.in(bucket);
  const upload = await findUpload(inside, input);
  if (upload === undefined) throw noSuchUpload(input);
  const key = { uploadId: upload.key.uploadId, number: input.number };
  const earlier = await inside.get(partRow, key);
  if (earlier !== undefined) discardBlob(transaction, inside, earlier.blob, modified);
  const blob = await received.place(transaction, inside, ownerOfParts(upload.key));
  const { size, md5 } = received.digests;
  const row: PartRow = { blob, size, md5, modified, checksums, etag: md5 };
  inside.put(partRow, key, row);
  return row;
}
