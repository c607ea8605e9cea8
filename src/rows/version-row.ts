/** Row 31: one version of an object: its wrapped data key, where its bytes are, its facts. */
import { bucketIdBytes } from './bucket-row.ts';
import {
  type StoredChecksum,
  type StoredProtection,
  decodeChecksum,
  protections,
} from './checksum-body.ts';
import { KeyReader, encodeKey, encodeOrdinal } from './keyspace.ts';
import { RowBody, type TagPairs, b64, encodeBody } from './row-body.ts';
import type { BucketRowKind, OpenedRow } from './row-kind.ts';
import { type StoredDataKey, decodeDataKey, encodeDataKey } from './wrapped-key-body.ts';

export interface VersionKey {
  readonly key: string;
  readonly ordinal: number;
}

/** One blob: a file, or bytes in its payload row. */
export interface StoredBlob {
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly file: boolean;
}

export interface VersionRow {
  /** 16 bytes, never used again: what the seals are bound to. */
  readonly id: Uint8Array;
  /** S3 calls it `null`. */
  readonly null: boolean;
  readonly marker: boolean;
  readonly modified: Date;
  readonly size: number;
  /** Without quotes; empty for a marker. */
  readonly etag: string;
  readonly dataKey: StoredDataKey;
  /** The only blob, or the twin of a marker or of an object without parts; undefined with parts. */
  readonly blob: StoredBlob | undefined;
  /** How many parts and manifest pages a multipart object has; undefined for any other. */
  readonly parts: number | undefined;
  readonly pages: number | undefined;
  readonly contentType: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly meta: Readonly<Record<string, string>> | undefined;
  readonly tags: TagPairs | undefined;
  readonly checksum: StoredChecksum | undefined;
  readonly protection: StoredProtection;
}

const code = 0x31;

export const versionRow: BucketRowKind<VersionKey, VersionRow> = {
  code,
  name: 'version',
  scheme: 'bucket',
  cached: 'objects',
  encodeKey: (bucketId, { key, ordinal }) => encodeKey(code, bucketId, key, encodeOrdinal(ordinal)),
  decodeKey: (bytes) => {
    const reader = new KeyReader(bytes, code);
    reader.bytes(bucketIdBytes);
    const key = reader.string();
    const ordinal = reader.ordinal();
    reader.end();
    return { key, ordinal };
  },
  encode: (version, keyVersion) => ({
    body: encodeBody({
      id: b64(version.id),
      null: version.null ? true : undefined,
      marker: version.marker ? true : undefined,
      modified: version.modified.getTime(),
      size: version.size,
      etag: version.etag,
      ...encodeDataKey(version.dataKey, keyVersion),
      blob: encodeBlob(version.blob),
      parts: version.parts,
      pages: version.pages,
      contentType: version.contentType,
      headers: version.headers,
      meta: version.meta,
      tags: version.tags,
      checksum: version.checksum,
      protection: version.protection,
    }),
  }),
  decode: decodeVersion,
};

function decodeVersion({ body: bytes, keyVersion }: OpenedRow): VersionRow {
  const body = RowBody.parse(bytes);
  return {
    id: body.bytes('id', 16),
    null: body.flag('null'),
    marker: body.flag('marker'),
    modified: body.time('modified'),
    size: body.count('size'),
    etag: body.text('etag'),
    dataKey: decodeDataKey(body, keyVersion),
    blob: decodeBlob(body.objectIf('blob')),
    parts: body.countIf('parts'),
    pages: body.countIf('pages'),
    contentType: body.textIf('contentType'),
    headers: body.textMapIf('headers'),
    meta: body.textMapIf('meta'),
    tags: body.tagsIf('tags'),
    checksum: decodeChecksum(body.objectIf('checksum')),
    protection: body.oneOf('protection', protections),
  };
}

/** `{id, file}` */
export function encodeBlob(blob: StoredBlob | undefined): object | undefined {
  return blob && { id: b64(blob.id), file: blob.file };
}

export function decodeBlob(body: RowBody | undefined): StoredBlob | undefined {
  return body && { id: body.bytes('id', 16), file: body.boolean('file') };
}
