/** Row 02: the store is initialised. */
import { Fault } from '../base/refusal.ts';
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

export interface StoreFacts {
  readonly createdAt: Date;
  readonly region: string;
}

const code = 0x02;
const format = 1;

export const storeRow: StoreRowKind<undefined, StoreFacts> = {
  code,
  name: 'store',
  scheme: 'store',
  cached: 'settings',
  encodeKey: () => encodeKey(code),
  decodeKey: (key) => new KeyReader(key, code).end() as undefined,
  encode: ({ createdAt, region }) => ({
    body: encodeBody({ format, createdAt: createdAt.getTime(), region }),
  }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    const found = body.count('format');
    if (found !== format)
      throw new Fault('damaged', `the store has format ${found}, not ${format}`);
    return { createdAt: body.time('createdAt'), region: body.text('region') };
  },
};
