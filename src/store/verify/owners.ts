/**
 * Whose a payload row is: the version or upload that its clear part names, found in the same moment,
 * with its data key and what it says of the blob. A payload names no ordinal, so the versions of its key
 * are looked through, newest first; what belongs to one owner is remembered while a moment lasts.
 */
import { toHex } from '../../base/bytes.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import type { Inspection } from '../../rows/inspection.ts';
import { behind, bucketPrefix, encodeString, rangeOf } from '../../rows/keyspace.ts';
import { partRow } from '../../rows/part-row.ts';
import type { PayloadOwner } from '../../rows/payload-row.ts';
import type { OpenBucket } from '../../rows/rows.ts';
import { uploadRow } from '../../rows/upload-row.ts';
import { type VersionRow, versionRow } from '../../rows/version-row.ts';
import { encodeUploadId } from '../upload-id.ts';
import { encodeVersionId } from '../version-id.ts';
import { openedElsewhere, openedElsewhereLater } from './finding.ts';

export interface OwnedBlob {
  readonly file: boolean;
  /** Of the plaintext. */
  readonly size: number;
  /** The twin of nothing: of a marker, or of an object without parts. */
  readonly empty: boolean;
}

export interface Owner {
  readonly versionId: string | undefined;
  readonly uploadId: string | undefined;
  readonly keyVersion: number;
  /** Undefined where its wrap does not open. */
  readonly dataKey: DataKey | undefined;
  /** By blob id in hexadecimal; undefined where not all of them could be read. */
  readonly blobs: ReadonlyMap<string, OwnedBlob> | undefined;
}

/** `unknown`: a row that might be the owner does not open, as its own check tells. */
export type OwnerFound = Owner | 'unknown' | undefined;

export class OwnerMemo {
  readonly #found = new Map<string, OwnerFound>();
  #blobs = 0;

  async find(inspection: Inspection, bucket: OpenBucket, owner: PayloadOwner): Promise<OwnerFound> {
    // A version in one piece has one payload: nobody asks for it again.
    if (owner.kind === 'version') return findVersion({ inspection, bucket, owner });
    const name = `${toHex(bucket.row.id)}${toHex(owner.id)}${owner.objectKey}`;
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const found = await findOwner({ inspection, bucket, owner });
    const blobs = typeof found === 'object' ? (found.blobs?.size ?? 0) : 0;
    this.#blobs += blobs;
    if (this.#blobs > blobsKeptMax) {
      this.#found.clear();
      this.#blobs = blobs;
    }
    this.#found.set(name, found);
    return found;
  }
}

const blobsKeptMax = 100_000;
const pageRows = 100;

interface Sought {
  readonly inspection: Inspection;
  readonly bucket: OpenBucket;
  readonly owner: PayloadOwner;
}

async function findOwner(sought: Sought): Promise<OwnerFound> {
  const upload = await findUpload(sought);
  // What was completed has the upload's id, and its parts keep the upload as their owner.
  return upload ?? findVersion(sought);
}

async function findVersion(sought: Sought): Promise<OwnerFound> {
  const { inspection, bucket, owner } = sought;
  const front = bucketPrefix(versionRow.code, bucket.row.id);
  let { start, end } = rangeOf(Buffer.concat([front, encodeString(owner.objectKey)]));
  let unknown = false;
  // The newest alone first: mostly there is no other.
  for (let limit = 1; ; limit = pageRows) {
    const page = await inspection.entries({ start, end, limit });
    for (const entry of page) {
      const row = openedElsewhere(() => inspection.openBucketRow(versionRow, entry, bucket));
      if (row === undefined) unknown = true;
      else if (Buffer.compare(row.id, owner.id) === 0) {
        return versionOwner(sought, row, versionRow.decodeKey(entry.key).ordinal);
      }
    }
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return unknown ? 'unknown' : undefined;
    start = behind(last.key);
  }
}

async function versionOwner(sought: Sought, row: VersionRow, ordinal: number): Promise<Owner> {
  const { inspection, bucket, owner } = sought;
  const inside = inspection.in(bucket);
  const place = { purpose: 'version', objectKey: owner.objectKey, id: row.id } as const;
  const dataKey = openedElsewhere(() => inside.openDataKey(place, row.dataKey));
  const named = {
    versionId: row.null ? 'null' : encodeVersionId({ ordinal, id: row.id }),
    uploadId: undefined,
    keyVersion: row.dataKey.version,
    dataKey,
  };
  if (row.blob !== undefined) {
    const { id, file } = row.blob;
    const empty = row.marker || row.parts !== undefined;
    return { ...named, blobs: new Map([[toHex(id), { file, size: row.size, empty }]]) };
  }
  return { ...named, blobs: dataKey && (await partsOfManifest(sought, row, dataKey)) };
}

async function partsOfManifest({ inspection, bucket }: Sought, row: VersionRow, dataKey: DataKey) {
  const blobs = new Map<string, OwnedBlob>();
  const inside = inspection.in(bucket);
  for (let page = 0; page < (row.pages ?? 0); page += 1) {
    const parts = await openedElsewhereLater(() => inside.manifest(row.id, page, dataKey));
    if (parts === undefined) return undefined;
    for (const { blob, size } of parts) {
      blobs.set(toHex(blob.id), { file: blob.file, size, empty: false });
    }
  }
  return blobs;
}

async function findUpload(sought: Sought): Promise<OwnerFound> {
  const { inspection, bucket, owner } = sought;
  const front = bucketPrefix(uploadRow.code, bucket.row.id);
  let { start, end } = rangeOf(Buffer.concat([front, encodeString(owner.objectKey)]));
  for (;;) {
    const page = await inspection.entries({ start, end, limit: pageRows });
    for (const entry of page) {
      const key = openedElsewhere(() => uploadRow.decodeKey(entry.key));
      if (key === undefined || Buffer.compare(key.uploadId, owner.id) !== 0) continue;
      const row = openedElsewhere(() => inspection.openBucketRow(uploadRow, entry, bucket));
      if (row === undefined) return 'unknown';
      const place = { purpose: 'upload', objectKey: owner.objectKey, id: key.uploadId } as const;
      return {
        versionId: undefined,
        uploadId: encodeUploadId({ created: key.created, id: key.uploadId }),
        keyVersion: row.dataKey.version,
        dataKey: openedElsewhere(() => inspection.in(bucket).openDataKey(place, row.dataKey)),
        blobs: await partsOfUpload(sought),
      };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return undefined;
    start = behind(last.key);
  }
}

async function partsOfUpload({ inspection, bucket, owner }: Sought) {
  const blobs = new Map<string, OwnedBlob>();
  const front = Buffer.concat([bucketPrefix(partRow.code, bucket.row.id), owner.id]);
  let { start, end } = rangeOf(front);
  for (;;) {
    const page = await inspection.entries({ start, end, limit: 1_000 });
    for (const entry of page) {
      const part = openedElsewhere(() => inspection.openBucketRow(partRow, entry, bucket));
      if (part === undefined) return undefined;
      const { id, file } = part.blob;
      blobs.set(toHex(id), { file, size: part.size, empty: false });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < 1_000) return blobs;
    start = behind(last.key);
  }
}
