/** Row 01: which keyring file is in force (FORMAT.md §5.2). The fence reads it in every transaction. */
import { u64 } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import type { KeyringReference } from '../keys/keyring-file.ts';
import { KeyReader, encodeKey } from './keyspace.ts';
import { encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

const code = 0x01;
const digestBytes = 32;

export const keyringRow: StoreRowKind<undefined, KeyringReference> = {
  code,
  name: 'keyring',
  scheme: 'store',
  cached: 'settings',
  encodeKey: () => encodeKey(code),
  decodeKey: (key) => new KeyReader(key, code).end() as undefined,
  encode: ({ generation, digest }) => ({
    clear: Buffer.concat([u64(generation), digest]),
    body: encodeBody({}),
  }),
  decode: ({ clear }) => decodeKeyringReference(clear),
};

/** The clear part of a keyring row. Not to be trusted before the row or the file it names opened. */
export function decodeKeyringReference(clear: Buffer): KeyringReference {
  if (clear.length !== 8 + digestBytes) throw new Fault('damaged', 'the keyring row names nothing');
  return {
    generation: Number(clear.readBigUInt64BE(0)),
    digest: Buffer.from(clear.subarray(8)),
  };
}
