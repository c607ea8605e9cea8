/** Row 35: an uploaded part of a multipart upload, by its number. */
import { bucketIdBytes } from './bucket-row.ts';
import { type StoredAlgorithm, checksumAlgorithms } from './checksum-body.ts';
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody, wrong } from './row-body.ts';
import type { BucketRowKind, OpenedRow } from './row-kind.ts';
import { type StoredBlob, decodeBlob, encodeBlob } from './version-row.ts';

export interface PartKey {
  /** 16 bytes. */
  readonly uploadId: Uint8Array;
  /** 1 to 10,000. */
  readonly number: number;
}

export interface PartRow {
  readonly blob: StoredBlob;
  readonly size: number;
  /** 32 hexadecimal digits. */
  readonly md5: string;
  readonly modified: Date;
  /** base64 by algorithm. */
  readonly checksums: Readonly<Partial<Record<StoredAlgorithm, string>>>;
  /** Without quotes. */
  readonly etag: string;
}

const code = 0x35;

export const partRow: BucketRowKind<PartKey, PartRow> = {
  code,
  name: 'part',
  scheme: 'bucket',
  cached: undefined,
  encodeKey: (bucketId, { uploadId, number }) =>
    encodeKey(code, bucketId, uploadId, Uint8Array.of(number >>> 8, number)),
  decodeKey: (bytes) => {
    const reader = new KeyReader(bytes, code);
    reader.bytes(bucketIdBytes);
    const uploadId = reader.bytes(16);
    const number = reader.integer(2);
    reader.end();
    return { uploadId, number };
  },
  encode: ({ blob, size, md5, modified, checksums, etag }) => ({
    body: encodeBody({
      blob: encodeBlob(blob),
      size,
      md5,
      modified: modified.getTime(),
      checksums,
      etag,
    }),
  }),
  decode: decodePart,
};

function decodePart(row: OpenedRow): PartRow {
  const body = RowBody.parse(row.body);
  const checksums = body.textMapIf('checksums') ?? {};
  const known: readonly string[] = checksumAlgorithms;
  if (!Object.keys(checksums).every((name) => known.includes(name))) return wrong('checksums');
  return {
    blob: decodeBlob(body.object('blob')) ?? wrong('blob'),
    size: body.count('size'),
    md5: body.text('md5'),
    modified: body.time('modified'),
    checksums,
    etag: body.text('etag'),
  };
}
