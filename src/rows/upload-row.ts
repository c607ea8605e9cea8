/** Row 34: a multipart upload in progress, in order of key, then of when it began. */
import { u64 } from '../base/bytes.ts';
import { bucketIdBytes } from './bucket-row.ts';
import {
  type StoredAlgorithm,
  type StoredChecksumType,
  type StoredProtection,
  checksumAlgorithms,
  checksumTypes,
  protections,
} from './checksum-body.ts';
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, type TagPairs, encodeBody } from './row-body.ts';
import type { BucketRowKind, OpenedRow } from './row-kind.ts';
import { type StoredDataKey, decodeDataKey, encodeDataKey } from './wrapped-key-body.ts';

export interface UploadKey {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** 16 bytes. */
  readonly uploadId: Uint8Array;
}

export interface UploadRow {
  readonly account: string;
  readonly initiator: { readonly id: string; readonly displayName: string } | undefined;
  readonly dataKey: StoredDataKey;
  readonly contentType: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly meta: Readonly<Record<string, string>> | undefined;
  readonly tags: TagPairs | undefined;
  readonly checksum:
    | { readonly algorithm: StoredAlgorithm; readonly type: StoredChecksumType }
    | undefined;
  readonly protection: StoredProtection;
  readonly requestHeaders: Readonly<Record<string, string>>;
}

const code = 0x34;

export const uploadRow: BucketRowKind<UploadKey, UploadRow> = {
  code,
  name: 'upload',
  scheme: 'bucket',
  cached: undefined,
  encodeKey: (bucketId, { key, created, uploadId }) =>
    encodeKey(code, bucketId, key, u64(created), uploadId),
  decodeKey: (bytes) => {
    const reader = new KeyReader(bytes, code);
    reader.bytes(bucketIdBytes);
    const key = reader.string();
    const created = reader.long();
    const uploadId = reader.bytes(16);
    reader.end();
    return { key, created, uploadId };
  },
  encode: ({ dataKey, ...facts }, keyVersion) => ({
    body: encodeBody({ ...facts, ...encodeDataKey(dataKey, keyVersion) }),
  }),
  decode: decodeUpload,
};

function decodeUpload({ body: bytes, keyVersion }: OpenedRow): UploadRow {
  const body = RowBody.parse(bytes);
  return {
    account: body.text('account'),
    initiator: decodeInitiator(body.objectIf('initiator')),
    dataKey: decodeDataKey(body, keyVersion),
    contentType: body.textIf('contentType'),
    headers: body.textMapIf('headers'),
    meta: body.textMapIf('meta'),
    tags: body.tagsIf('tags'),
    checksum: decodeKindOfChecksum(body.objectIf('checksum')),
    protection: body.oneOf('protection', protections),
    requestHeaders: body.textMapIf('requestHeaders') ?? {},
  };
}

function decodeInitiator(body: RowBody | undefined): UploadRow['initiator'] {
  return body && { id: body.text('id'), displayName: body.text('displayName') };
}

function decodeKindOfChecksum(body: RowBody | undefined): UploadRow['checksum'] {
  return (
    body && {
      algorithm: body.oneOf('algorithm', checksumAlgorithms),
      type: body.oneOf('type', checksumTypes),
    }
  );
}
