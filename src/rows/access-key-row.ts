/** Row 13: an access key: its secret and whose it is. */
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

export interface AccessKeyRow {
  /** Account id. */
  readonly account: string;
  /** User name; undefined for the account's root. */
  readonly user: string | undefined;
  readonly secret: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
}

const code = 0x13;

export const accessKeyRow: StoreRowKind<string, AccessKeyRow> = {
  code,
  name: 'access-key',
  scheme: 'store',
  cached: 'settings',
  encodeKey: (id) => encodeKey(code, id),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const id = reader.string();
    reader.end();
    return id;
  },
  encode: ({ account, user, secret, enabled, createdAt }) => ({
    body: encodeBody({ account, user, secret, enabled, createdAt: createdAt.getTime() }),
  }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    return {
      account: body.text('account'),
      user: body.textIf('user'),
      secret: body.text('secret'),
      enabled: body.boolean('enabled'),
      createdAt: body.time('createdAt'),
    };
  },
};
