/**
 * Row 03: which buckets, accounts and users exist, in 256 shards. A row that the directory names
 * and that is not there is damage, never absence.
 */
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

/** The names of one shard, such as `bucket/NAME`. */
export type DirectoryNames = ReadonlySet<string>;

const code = 0x03;

export const directoryRow: StoreRowKind<number, DirectoryNames> = {
  code,
  name: 'directory',
  scheme: 'store',
  cached: 'settings',
  encodeKey: (shard) => encodeKey(code, Uint8Array.of(shard)),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const shard = reader.integer(1);
    reader.end();
    return shard;
  },
  encode: (names) => ({ body: encodeBody({ names: [...names] }) }),
  decode: (row) => new Set(RowBody.parse(row.body).texts('names')),
};
