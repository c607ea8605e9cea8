/** Row 12: a user of an account, and its policy. */
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

export interface UserKey {
  /** Account id. */
  readonly account: string;
  readonly name: string;
}

export interface UserRow {
  /** `AIDA…` */
  readonly id: string;
  readonly createdAt: Date;
  /** The JSON text as given. */
  readonly policy: string | undefined;
  readonly accessKeys: readonly string[];
}

const code = 0x12;

export const userRow: StoreRowKind<UserKey, UserRow> = {
  code,
  name: 'user',
  scheme: 'store',
  cached: 'settings',
  directoryName: ({ account, name }) => `user/${account}/${name}`,
  encodeKey: ({ account, name }) => encodeKey(code, account, name),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const account = reader.string();
    const name = reader.string();
    reader.end();
    return { account, name };
  },
  encode: ({ id, createdAt, policy, accessKeys }) => ({
    body: encodeBody({ id, createdAt: createdAt.getTime(), policy, accessKeys }),
  }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    return {
      id: body.text('id'),
      createdAt: body.time('createdAt'),
      policy: body.textIf('policy'),
      accessKeys: body.texts('accessKeys'),
    };
  },
};
