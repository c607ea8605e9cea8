/** Row 1B: a signed record of something that cannot be undone, or of a copy of the keys that was made. */
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, b64, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';
import { recordSignatureBytes } from '../crypto/record-signature.ts';
import { u64 } from '../base/bytes.ts';

/** Records sort by when they were made. */
export interface RecordKey {
  readonly madeAt: Date;
  /** 16 bytes. */
  readonly id: Uint8Array;
}

export interface RecordRow {
  /** JSON, as it was signed, to the byte. */
  readonly text: string;
  /** `signRecord` of the text. */
  readonly signature: Uint8Array;
}

export const recordIdBytes = 16;
const code = 0x1b;

export const recordRow: StoreRowKind<RecordKey, RecordRow> = {
  code,
  name: 'record',
  scheme: 'store',
  cached: undefined,
  encodeKey: ({ madeAt, id }) => encodeKey(code, u64(madeAt.getTime()), id),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const madeAt = new Date(reader.long());
    const id = reader.bytes(recordIdBytes);
    reader.end();
    return { madeAt, id };
  },
  encode: ({ text, signature }) => ({ body: encodeBody({ text, signature: b64(signature) }) }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    return { text: body.text('text'), signature: body.bytes('signature', recordSignatureBytes) };
  },
};
