/**
 * Row 30: the latest version of an object, all that a LIST needs of it. Read a thousand at a time:
 * its members have names of one letter, and nothing is made of them that a listing does not show.
 */
import { toBase64Url } from '../base/bytes.ts';
import { bucketIdBytes } from './bucket-row.ts';
import {
  type StoredAlgorithm,
  type StoredChecksumType,
  checksumAlgorithms,
  checksumTypes,
} from './checksum-body.ts';
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody } from './row-body.ts';
import type { BucketRowKind } from './row-kind.ts';

export interface HeadRow {
  /** The highest ordinal ever given to a version of this key. */
  readonly top: number;
  /** Ordinal of the null version, which need not be the latest. */
  readonly nulls: number | undefined;
  /** From here on: the latest version. */
  readonly ordinal: number;
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly size: number;
  /** Without quotes; empty for a marker. */
  readonly etag: string;
  readonly modified: Date;
  readonly marker: boolean;
  readonly null: boolean;
  readonly checksumAlgorithm: StoredAlgorithm | undefined;
  readonly checksumType: StoredChecksumType | undefined;
}

const code = 0x30;

/** By object key. */
export const headRow: BucketRowKind<string, HeadRow> = {
  code,
  name: 'head',
  scheme: 'bucket',
  cached: 'objects',
  encodeKey: (bucketId, key) => encodeKey(code, bucketId, key),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    reader.bytes(bucketIdBytes);
    const name = reader.string();
    reader.end();
    return name;
  },
  encode: (head) => ({
    body: encodeBody({
      top: head.top,
      nulls: head.nulls,
      o: head.ordinal,
      v: toBase64Url(head.id),
      s: head.size,
      e: head.etag,
      m: head.modified.getTime(),
      d: head.marker ? true : undefined,
      n: head.null ? true : undefined,
      c: head.checksumAlgorithm,
      t: head.checksumType,
    }),
  }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    return {
      top: body.count('top'),
      nulls: body.countIf('nulls'),
      ordinal: body.count('o'),
      id: body.bytes('v', 16),
      size: body.count('s'),
      etag: body.text('e'),
      modified: body.time('m'),
      marker: body.flag('d'),
      null: body.flag('n'),
      checksumAlgorithm: body.oneOfIf('c', checksumAlgorithms),
      checksumType: body.oneOfIf('t', checksumTypes),
    };
  },
};
