/** Row 19: a block of blob ids that a process may write, by the 12 bytes that they begin with. */
import { KeyReader, encodeKey } from './keyspace.ts';
import { processIdBytes } from './process-row.ts';
import { RowBody, b64, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

export interface ReservationRow {
  /** Whose block it is; a sweeper that takes it over writes its own id here first. */
  readonly process: Uint8Array;
  readonly createdAt: Date;
}

export const reservationPrefixBytes = 12;
const code = 0x19;

export const reservationRow: StoreRowKind<Uint8Array, ReservationRow> = {
  code,
  name: 'reservation',
  scheme: 'store',
  // Every PUT of a blob file reads one.
  cached: 'settings',
  encodeKey: (prefix) => encodeKey(code, prefix),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const prefix = reader.bytes(reservationPrefixBytes);
    reader.end();
    return prefix;
  },
  encode: ({ process, createdAt }) => ({
    body: encodeBody({ process: b64(process), createdAt: createdAt.getTime() }),
  }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    return { process: body.bytes('process', processIdBytes), createdAt: body.time('createdAt') };
  },
};
