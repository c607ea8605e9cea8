/** Row 10: an account, by its id. */
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

export interface AccountRow {
  readonly name: string;
  readonly canonicalId: string;
  readonly createdAt: Date;
  /** How many users it has. */
  readonly users: number;
  /** The root's access key ids. */
  readonly accessKeys: readonly string[];
}

const code = 0x10;

export const accountRow: StoreRowKind<string, AccountRow> = {
  code,
  name: 'account',
  scheme: 'store',
  cached: 'settings',
  directoryName: (id) => `account/${id}`,
  encodeKey: (id) => encodeKey(code, id),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const id = reader.string();
    reader.end();
    return id;
  },
  encode: ({ name, canonicalId, createdAt, users, accessKeys }) => ({
    body: encodeBody({ name, canonicalId, createdAt: createdAt.getTime(), users, accessKeys }),
  }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    return {
      name: body.text('name'),
      canonicalId: body.text('canonicalId'),
      createdAt: body.time('createdAt'),
      users: body.count('users'),
      accessKeys: body.texts('accessKeys'),
    };
  },
};
