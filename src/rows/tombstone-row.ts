/** Row 36: the result of a completed upload, so that a repeated Complete is answered the same. */
import { bucketIdBytes } from './bucket-row.ts';
import {
  type StoredChecksum,
  type StoredProtection,
  decodeChecksum,
  protections,
} from './checksum-body.ts';
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, b64, encodeBody } from './row-body.ts';
import type { BucketRowKind, OpenedRow } from './row-kind.ts';

export interface TombstoneRow {
  /** The object key. */
  readonly key: string;
  /** The version id as S3 shows it; undefined where the bucket had no versioning. */
  readonly version: string | undefined;
  readonly etag: string;
  readonly completedAt: Date;
  readonly checksum: StoredChecksum | undefined;
  readonly protection: StoredProtection;
  readonly null: boolean;
  /** The upload's: a repeated request is judged as the first one was. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Digest of the list of parts that was completed, 32 bytes. */
  readonly request: Uint8Array;
}

const code = 0x36;

/** By upload id. */
export const tombstoneRow: BucketRowKind<Uint8Array, TombstoneRow> = {
  code,
  name: 'tombstone',
  scheme: 'bucket',
  cached: undefined,
  encodeKey: (bucketId, uploadId) => encodeKey(code, bucketId, uploadId),
  decodeKey: (bytes) => {
    const reader = new KeyReader(bytes, code);
    reader.bytes(bucketIdBytes);
    const uploadId = reader.bytes(16);
    reader.end();
    return uploadId;
  },
  encode: (tombstone) => ({
    body: encodeBody({
      ...tombstone,
      completedAt: tombstone.completedAt.getTime(),
      null: tombstone.null ? true : undefined,
      request: b64(tombstone.request),
    }),
  }),
  decode: decodeTombstone,
};

function decodeTombstone(row: OpenedRow): TombstoneRow {
  const body = RowBody.parse(row.body);
  return {
    key: body.text('key'),
    version: body.textIf('version'),
    etag: body.text('etag'),
    completedAt: body.time('completedAt'),
    checksum: decodeChecksum(body.objectIf('checksum')),
    protection: body.oneOf('protection', protections),
    null: body.flag('null'),
    requestHeaders: body.textMapIf('requestHeaders') ?? {},
    request: body.bytes('request', 32),
  };
}
