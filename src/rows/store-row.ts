/** Row 02: the store is initialised; and the canary of each master key version (FORMAT.md §5.8). */
import { Fault } from '../base/refusal.ts';
import { type Canaries, canaryBytes } from '../keys/canary.ts';
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, asBytes, b64, encodeBody, wrong } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

export interface StoreFacts {
  readonly createdAt: Date;
  readonly region: string;
  /** None in a store of before there were any, until its keyring changes. */
  readonly canaries: Canaries;
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
  encode: ({ createdAt, region, canaries }) => ({
    body: encodeBody({
      format,
      createdAt: createdAt.getTime(),
      region,
      canaries: Object.fromEntries([...canaries].map(([version, bytes]) => [version, b64(bytes)])),
    }),
  }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    const found = body.count('format');
    if (found !== format)
      throw new Fault('damaged', `the store has format ${found}, not ${format}`);
    return {
      createdAt: body.time('createdAt'),
      region: body.text('region'),
      canaries: decodeCanaries(body.textMapIf('canaries') ?? {}),
    };
  },
};

function decodeCanaries(members: Readonly<Record<string, string>>): Canaries {
  return new Map(
    Object.entries(members).map(([version, text]) => {
      if (!/^[1-9][0-9]{0,8}$/.test(version)) return wrong('canaries');
      return [Number(version), asBytes(text, canaryBytes, 'canaries')];
    }),
  );
}
