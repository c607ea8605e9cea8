/** Row 18: an upper bound of the wraps that one process made, by master key version. */
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

export interface ProcessRow {
  readonly startedAt: Date;
  readonly wraps: Readonly<Record<string, number>>;
}

export const processIdBytes = 16;
const code = 0x18;

/** By process id. */
export const processRow: StoreRowKind<Uint8Array, ProcessRow> = {
  code,
  name: 'process',
  scheme: 'store',
  cached: undefined,
  encodeKey: (id) => encodeKey(code, id),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const id = reader.bytes(processIdBytes);
    reader.end();
    return id;
  },
  encode: ({ startedAt, wraps }) => ({
    body: encodeBody({ startedAt: startedAt.getTime(), wraps }),
  }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    return { startedAt: body.time('startedAt'), wraps: body.countMap('wraps') };
  },
};
