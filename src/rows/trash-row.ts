/** Row 1A: a blob file that nothing refers to any more, and since when. */
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

export interface TrashRow {
  readonly since: Date;
}

const code = 0x1a;

/** By blob id. */
export const trashRow: StoreRowKind<Uint8Array, TrashRow> = {
  code,
  name: 'trash',
  scheme: 'store',
  cached: undefined,
  encodeKey: (blobId) => encodeKey(code, blobId),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const blobId = reader.bytes(16);
    reader.end();
    return blobId;
  },
  encode: ({ since }) => ({ body: encodeBody({ since: since.getTime() }) }),
  decode: (row) => ({ since: RowBody.parse(row.body).time('since') }),
};
