/**
 * CompleteMultipartUpload, in one transaction whatever the number of parts: the version with its
 * manifest is made as PutObject makes one, the upload and its parts' rows go, and a tombstone stays
 * that answers a repeated request as the first. No byte of a part is read or written: the data key
 * is wrapped again for its new place, and the parts stay as they were sealed.
 */
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import { encodeKey, rangeOf } from '../../rows/keyspace.ts';
import { type ManifestPart, manifestPagePartsMax } from '../../rows/manifest-row.ts';
import { type PartRow, partRow } from '../../rows/part-row.ts';
import type { BucketReads, BucketTransaction, OpenBucket } from '../../rows/rows.ts';
import { tombstoneRow } from '../../rows/tombstone-row.ts';
import { type UploadKey, uploadRow } from '../../rows/upload-row.ts';
import { openBucket } from '../buckets/create-buckets.ts';
import type { Checksum } from '../checksums.ts';
import { assertWriteConditions } from '../conditions.ts';
import { KeyHistory, ownerOf } from '../history.ts';
import type { Written } from '../objects.ts';
import type { StoreParts } from '../store-parts.ts';
import { shownVersionId } from '../version-id.ts';
import { completedBefore } from './completed-before.ts';
import {
  type CompleteInput,
  type ListedPart,
  checkOrder,
  digestOfList,
  findListed,
} from './completed-list.ts';
import { type FoundUpload, findUpload, openUploadKey } from './find-upload.ts';
import { assertChecksum, checksumOfParts, etagOf } from './object-digests.ts';
import { checksumKindOf } from './part-checksums.ts';

export function completeUpload(parts: StoreParts, input: CompleteInput): Promise<Written> {
  const request = digestOfList(input.parts);
  return parts.rows.transact(async (transaction) => {
    const bucket = await openBucket(transaction, input.bucket);
    const inside = transaction.in(bucket);
    const upload = await findUpload(inside, input);
    if (upload === undefined) return completedBefore(inside, bucket, { ...input, request });
    checkOrder(input.parts);
    const stored = await partsOf(inside, bucket, upload.key);
    const listed = findListed(input.parts, stored, checksumKindOf(upload.row));
    const modified = parts.clock();
    const history = await KeyHistory.open(transaction, { bucket, key: input.key, now: modified });
    assertWriteConditions(input.key, history.head, input.conditions);
    const object = objectOf(upload, listed, modified);
    assertAsDeclared(object, input);
    const written = await makeVersion(history, { upload, listed, object });
    clearUpload(history, upload.key, { stored, listed });
    const { versionId: version, etag, checksum, protection } = written;
    inside.put(tombstoneRow, upload.key.uploadId, {
      key: input.key,
      version,
      etag,
      checksum,
      protection,
      null: history.writesNull,
      completedAt: modified,
      requestHeaders: upload.row.requestHeaders,
      request,
    });
    return written;
  });
}

/** All parts there are, by number. They are read as one range: one that comes late is noticed. */
async function partsOf(
  inside: BucketReads,
  bucket: OpenBucket,
  { uploadId }: UploadKey,
): Promise<ReadonlyMap<number, PartRow>> {
  const range = rangeOf(encodeKey(partRow.code, bucket.row.id, uploadId));
  const rows = await inside.range(partRow, { ...range, limit: s3Limits.partNumberMax + 1 });
  return new Map(rows.map(({ key, value }) => [key.number, value]));
}

/** What the listed parts make. */
interface NewObject extends Omit<Written, 'versionId'> {
  readonly checksum: Checksum;
}

function objectOf({ row }: FoundUpload, listed: readonly ListedPart[], modified: Date): NewObject {
  return {
    etag: etagOf(listed),
    size: listed.reduce((size, part) => size + part.row.size, 0),
    protection: row.protection,
    checksum: checksumOfParts(listed, checksumKindOf(row)),
    modified,
  };
}

function assertAsDeclared({ size, checksum }: NewObject, declared: CompleteInput): void {
  if (declared.size !== undefined && declared.size !== size) {
    throw new Refusal('InvalidRequest', {
      message: `The provided 'x-amz-mp-object-size' header value does not match what was computed: ${size}`,
    });
  }
  assertChecksum(checksum, declared.checksum);
}

interface ObjectToMake {
  readonly upload: FoundUpload;
  readonly listed: readonly ListedPart[];
  readonly object: NewObject;
}

/** The version row and its manifest: its id is the upload's, its data key that of the parts. */
async function makeVersion(
  history: KeyHistory,
  { upload, listed, object }: ObjectToMake,
): Promise<Written> {
  const { inside, bucket, key } = history;
  const id = upload.key.uploadId;
  const dataKey = openUploadKey(inside, upload);
  const { algorithm } = object.checksum;
  const pages = putManifest(inside, { id, dataKey }, manifestOf(listed, algorithm));
  const { contentType, headers, meta, tags } = upload.row;
  const made = await history.add({
    ...object,
    id,
    marker: false,
    dataKey: inside.wrapDataKey({ purpose: 'version', ...ownerOf(key, { id }) }, dataKey),
    blob: undefined,
    parts: listed.length,
    pages,
    contentType,
    headers,
    meta,
    tags,
  });
  return { ...object, versionId: shownVersionId(bucket.row.versioning, { ...made, id }) };
}

function manifestOf(
  listed: readonly ListedPart[],
  algorithm: Checksum['algorithm'],
): readonly ManifestPart[] {
  return listed.map(({ number, row: { blob, size, md5, checksums } }) => ({
    number,
    blob,
    size,
    md5,
    checksum: checksums[algorithm],
  }));
}

/** Gives the number of pages. */
function putManifest(
  inside: BucketTransaction,
  { id, dataKey }: { readonly id: Uint8Array; readonly dataKey: DataKey },
  parts: readonly ManifestPart[],
): number {
  let page = 0;
  for (let at = 0; at < parts.length; at += manifestPagePartsMax) {
    inside.putManifest(id, page, dataKey, parts.slice(at, at + manifestPagePartsMax));
    page += 1;
  }
  return page;
}

/** Removes the upload and the rows of its parts; the bytes of those not listed are trash. */
function clearUpload(
  history: KeyHistory,
  key: UploadKey,
  parts: {
    readonly stored: ReadonlyMap<number, PartRow>;
    readonly listed: readonly ListedPart[];
  },
): void {
  const { inside } = history;
  const used = new Set(parts.listed.map(({ number }) => number));
  for (const [number, { blob }] of parts.stored) {
    inside.delete(partRow, { uploadId: key.uploadId, number });
    if (!used.has(number)) history.discardBlob(blob);
  }
  inside.delete(uploadRow, key);
}
