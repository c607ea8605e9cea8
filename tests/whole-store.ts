/**
 * What must hold of the rows and blobs of a store at every moment, read from the engine itself:
 * heads say what the versions say, every version and part has its payload, every part has its upload,
 * every blob is explained by a row.
 */
import assert from 'node:assert/strict';
import { toHex } from '../src/base/bytes.ts';
import type { Blobs } from '../src/engines/blobs.ts';
import type { Metadata } from '../src/engines/metadata.ts';
import { headRow } from '../src/rows/head-row.ts';
import { bucketPrefix, encodeKey, rangeOf } from '../src/rows/keyspace.ts';
import { type PartRow, partRow } from '../src/rows/part-row.ts';
import { payloadCode } from '../src/rows/payload-row.ts';
import { reservationRow } from '../src/rows/reservation-row.ts';
import type { BucketView, OpenBucket, RowView, Rows } from '../src/rows/rows.ts';
import { trashRow } from '../src/rows/trash-row.ts';
import { uploadRow } from '../src/rows/upload-row.ts';
import { type VersionRow, versionRow } from '../src/rows/version-row.ts';
import { bucketName } from './store-fixture.ts';

const limit = 10_000;

export interface StoreBelow {
  readonly rows: Rows;
  readonly metadata: Metadata;
  readonly blobs: Blobs;
}

export interface Tally {
  /** Blob files that a version or a part refers to. */
  readonly used: ReadonlySet<string>;
  /** Blob files that nothing refers to, with or without a trash row. */
  readonly orphans: ReadonlySet<string>;
  readonly versions: number;
  /** Parts of uploads in progress. */
  readonly parts: number;
}

/** Checks all of it and counts. */
export async function assertWhole({ rows, metadata, blobs }: StoreBelow): Promise<Tally> {
  using view = rows.view();
  const bucket = await view.bucket(bucketName);
  assert.ok(bucket);
  const inside = view.in(bucket);
  const versions = await versionsByKey(inside, bucket);
  await assertHeads(inside, bucket, versions);
  const parts = await partsOfUploads(inside, bucket);
  const { inline, files } = await blobsOf(inside, versions);
  for (const { blob } of parts) {
    const id = toHex(blob.id);
    assert.ok(!inline.has(id) && !files.has(id), 'a blob is part of two things');
    (blob.file ? files : inline).add(id);
  }
  const payloads = await payloadIds(metadata, bucket);
  assert.deepEqual(
    payloads,
    new Set([...inline, ...files]),
    'each payload row belongs to one blob',
  );
  const explained = await explainedBlobs(view);
  const present = new Set<string>();
  for await (const id of blobs.list()) present.add(toHex(id));
  for (const id of files) {
    assert.ok(present.has(id), 'a blob file is referred to and not there');
    assert.ok(!explained.trash.has(id), 'a blob in use is trash');
  }
  const orphans = new Set([...present].filter((id) => !files.has(id)));
  for (const id of orphans) {
    const reserved = explained.reserved.has(id.slice(0, 24));
    assert.ok(reserved || explained.trash.has(id), 'no row explains a blob that nothing refers to');
  }
  const counted = { versions: [...versions.values()].flat().length, parts: parts.length };
  return { used: files, orphans, ...counted };
}

type Versions = ReadonlyMap<string, readonly { ordinal: number; row: VersionRow }[]>;

async function versionsByKey(inside: BucketView, bucket: OpenBucket): Promise<Versions> {
  const range = rangeOf(bucketPrefix(versionRow.code, bucket.row.id));
  const versions = new Map<string, { ordinal: number; row: VersionRow }[]>();
  for (const { key, value } of await inside.range(versionRow, { ...range, limit })) {
    const list = versions.get(key.key) ?? [];
    list.push({ ordinal: key.ordinal, row: value });
    versions.set(key.key, list);
  }
  return versions;
}

async function assertHeads(
  inside: BucketView,
  bucket: OpenBucket,
  versions: Versions,
): Promise<void> {
  const range = rangeOf(bucketPrefix(headRow.code, bucket.row.id));
  const heads = await inside.range(headRow, { ...range, limit });
  assert.deepEqual(
    heads.map(({ key }) => key),
    [...versions.keys()],
  );
  for (const { key, value: head } of heads) {
    const list = versions.get(key) ?? [];
    const [latest] = list;
    assert.ok(latest);
    assert.equal(head.ordinal, latest.ordinal);
    assert.ok(head.top >= latest.ordinal);
    assert.equal(head.nulls, list.find(({ row }) => row.null)?.ordinal);
    assert.ok(list.filter(({ row }) => row.null).length <= 1);
    const { id, size, etag, modified, marker } = latest.row;
    const shown = { id: head.id, size: head.size, etag: head.etag, modified: head.modified };
    assert.deepEqual({ ...shown, marker: head.marker }, { id, size, etag, modified, marker });
    assert.equal(head.null, latest.row.null);
    assert.equal(head.checksumAlgorithm, latest.row.checksum?.algorithm);
  }
}

async function partsOfUploads(inside: BucketView, bucket: OpenBucket): Promise<readonly PartRow[]> {
  const all = (code: number) => ({ ...rangeOf(bucketPrefix(code, bucket.row.id)), limit });
  const uploads = new Set<string>();
  for (const { key, value } of await inside.range(uploadRow, all(uploadRow.code))) {
    const place = { purpose: 'upload', objectKey: key.key, id: key.uploadId } as const;
    inside.openDataKey(place, value.dataKey);
    uploads.add(toHex(key.uploadId));
  }
  const parts = await inside.range(partRow, all(partRow.code));
  for (const { key } of parts) {
    assert.ok(uploads.has(toHex(key.uploadId)), 'a part belongs to no upload');
  }
  return parts.map(({ value }) => value);
}

async function blobsOf(inside: BucketView, versions: Versions) {
  const inline = new Set<string>();
  const files = new Set<string>();
  for (const [objectKey, list] of versions) {
    for (const { row } of list) {
      const place = { purpose: 'version', objectKey, id: row.id } as const;
      const dataKey = inside.openDataKey(place, row.dataKey);
      if (row.blob !== undefined) (row.blob.file ? files : inline).add(toHex(row.blob.id));
      for (let page = 0; page < (row.pages ?? 0); page++) {
        for (const { blob } of await inside.manifest(row.id, page, dataKey)) {
          (blob.file ? files : inline).add(toHex(blob.id));
        }
      }
    }
  }
  return { inline, files };
}

async function payloadIds(metadata: Metadata, bucket: OpenBucket): Promise<Set<string>> {
  using snapshot = metadata.snapshot();
  const range = rangeOf(bucketPrefix(payloadCode, bucket.row.id));
  const entries = await snapshot.range({ ...range, limit });
  return new Set(entries.map(({ key }) => toHex(key.subarray(17))));
}

async function explainedBlobs(view: RowView) {
  const all = (code: number) => ({ ...rangeOf(encodeKey(code)), limit });
  const trash = await view.range(trashRow, all(trashRow.code));
  const reserved = await view.range(reservationRow, all(reservationRow.code));
  return {
    trash: new Set(trash.map(({ key }) => toHex(key))),
    reserved: new Set(reserved.map(({ key }) => toHex(key))),
  };
}
