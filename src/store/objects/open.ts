/**
 * GetObject's and HeadObject's half in the store: the rows are read and checked in the view, the
 * bytes later and without it. The data key is opened at the first byte: a HEAD needs none.
 */
import type { DataKey } from '../../crypto/data-key.ts';
import type { BucketView, SealedPayload } from '../../rows/rows.ts';
import { openBucket } from '../buckets/create-buckets.ts';
import { ownerOf } from '../history.ts';
import type { ObjectVersion, OpenedObject, PlainRange, ReadInput } from '../objects.ts';
import type { SealedBlobs } from '../sealed-blobs.ts';
import type { View } from '../store.ts';
import { type FoundVersion, findObject } from './find-version.ts';
import { openMultipart } from './multipart.ts';
import {
  type ObjectToRead,
  assertInside,
  namingObject,
  noSuchPart,
  unreadable,
} from './object-to-read.ts';

export async function openObject(
  sealedBlobs: SealedBlobs,
  view: View,
  input: ReadInput,
): Promise<OpenedObject> {
  const bucket = await openBucket(view, input.bucket);
  const reads = view.in(bucket);
  const found = await findObject(reads, bucket, input);
  const object = { sealedBlobs, bucket, key: input.key, row: found.row };
  const version = versionOf(input.key, found);
  if (found.row.parts !== undefined) return openMultipart(reads, object, version);
  return openSingle(reads, object, version);
}

async function openSingle(
  reads: BucketView,
  object: ObjectToRead,
  version: ObjectVersion,
): Promise<OpenedObject> {
  const { row, key } = object;
  const { blob } = row;
  if (blob === undefined) throw unreadable(object, 'it names no bytes');
  const owner = ownerOf(key, row);
  const dataKey = (): DataKey => reads.openDataKey({ purpose: 'version', ...owner }, row.dataKey);
  const whole = { start: 0, end: row.size };
  const single = {
    version,
    part: async (number: number) => {
      if (number !== 1) throw noSuchPart(number, 1);
      return whole;
    },
    parts: async () => ({ parts: [], more: false }),
  };
  if (blob.file) {
    const read = (range: PlainRange = whole): AsyncIterable<Buffer> => {
      assertInside(range, row.size);
      const file = { blobId: blob.id, bucketId: object.bucket.row.id, dataKey: dataKey() };
      const bytes = object.sealedBlobs.read({ ...file, size: row.size }, range);
      return namingObject(object, bytes);
    };
    return { ...single, inline: undefined, read };
  }
  const payload = await reads.payload(blob.id);
  const inline = (): Buffer => openInline(object, payload, dataKey());
  return {
    ...single,
    inline,
    async *read(range = whole) {
      assertInside(range, row.size);
      // Opened even where nothing of it is wanted: emptiness is authenticated too.
      const bytes = inline();
      if (range.end > range.start) yield bytes.subarray(range.start, range.end);
    },
  };
}

function openInline(object: ObjectToRead, payload: SealedPayload, dataKey: DataKey): Buffer {
  const bytes = payload.inline(dataKey, ownerOf(object.key, object.row));
  if (bytes.length !== object.row.size) throw unreadable(object, 'its bytes have another length');
  return bytes;
}

function versionOf(key: string, { row, head, ordinal, versionId }: FoundVersion): ObjectVersion {
  return {
    key,
    versionId,
    latest: ordinal === head.ordinal,
    size: row.size,
    etag: row.etag,
    modified: row.modified,
    protection: row.protection,
    checksum: row.checksum,
    partsCount: row.parts,
    ...(row.contentType !== undefined && { contentType: row.contentType }),
    ...(row.headers !== undefined && { headers: row.headers }),
    ...(row.meta !== undefined && { meta: row.meta }),
    ...(row.tags !== undefined && { tags: row.tags }),
  };
}
