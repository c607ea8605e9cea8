/** Re-wraps a store of tests/store-fixture.ts, and lays open what its rows say. */
import assert from 'node:assert/strict';
import { toHex } from '../src/base/bytes.ts';
import { openRow, readHeader } from '../src/crypto/envelope.ts';
import { activatePrepared, addVersion } from '../src/keys/keyring.ts';
import type { KeyRange } from '../src/rows/keyspace.ts';
import { masterKeyRanges } from '../src/rows/old-rows.ts';
import { type Pace, type Turn, countOldRows, rewrapRows } from '../src/rows/rewrap.ts';
import { loadedKeys } from './rows-fixture.ts';
import { type TestStore, bucketName } from './store-fixture.ts';

/** Makes a version and puts it in force. */
export async function rotate({ rows, keys }: Pick<TestStore, 'rows' | 'keys'>): Promise<void> {
  for (const change of [addVersion, activatePrepared]) {
    const next = change(keys.newest.keyring, new Date());
    assert.equal(await rows.changeKeyring(loadedKeys(next)), 'changed');
  }
}

export const smallSteps: Turn = { rows: 7, headers: 20, transactions: 2 };

/** Takes as many turns as it may; `between` runs before each. */
export function paceOf(
  turn: Turn = smallSteps,
  between: (turns: number) => Promise<boolean | void> = async () => undefined,
): Pace {
  let turns = 0;
  return {
    turn: async () => ((await between((turns += 1))) === false ? undefined : turn),
    held: () => undefined,
    committed: () => undefined,
  };
}

export interface Rewrapped {
  readonly finished: boolean;
  readonly moved: number;
  readonly passed: number;
  readonly unmoved: number;
  readonly names: readonly string[];
}

/** Moves what is old, of everything or of `ranges`. */
export async function rewrap(
  house: TestStore,
  {
    pace = paceOf(),
    ranges = masterKeyRanges,
  }: {
    readonly pace?: Pace;
    readonly ranges?: Iterable<KeyRange> | AsyncIterable<KeyRange>;
  } = {},
): Promise<Rewrapped> {
  const counted = { moved: 0, passed: 0, unmoved: 0 };
  const names: string[] = [];
  const progress = {
    moved: (rows: number) => void (counted.moved += rows),
    passed: (rows: number) => void (counted.passed += rows),
    unmoved: (rows: number, which: readonly string[]) => {
      counted.unmoved += rows;
      names.push(...which);
    },
  };
  const finished = await rewrapRows(house, ranges, { pace, progress });
  return { finished, ...counted, names };
}

/** Rows that are under older versions. */
export async function oldRows(
  house: TestStore,
  ranges: Iterable<KeyRange> | AsyncIterable<KeyRange> = masterKeyRanges,
): Promise<number> {
  return (await countOldRows(house, ranges, paceOf())) ?? Number.NaN;
}

/** Every row by its key: its body, opened and without its wrap, or its bytes where a data key seals it. */
export async function laidOpen(house: TestStore): Promise<ReadonlyMap<string, string>> {
  const { metadata, rows, keys } = house;
  const { schedule } = keys.newest;
  using view = rows.view();
  const bucket = await view.bucket(bucketName);
  assert.ok(bucket);
  using snapshot = metadata.snapshot();
  const limit = 100_000;
  const entries = await snapshot.range({ start: Buffer.of(0), end: Buffer.of(0xff), limit });
  const said = new Map<string, string>();
  for (const { key: rowKey, value } of entries) {
    const header = readHeader(value);
    const { keyVersion: version, scheme, clear } = header;
    const inside = scheme === 'bucket';
    if (version === 0) {
      said.set(toHex(rowKey), toHex(value));
      continue;
    }
    const { row: key } = inside
      ? schedule.bucketKeys(version, bucket.row.id, bucket.secret)
      : { row: schedule.storeKey(version, 'row') };
    const { storeId } = schedule;
    const context = { storeId, bucketId: inside ? bucket.row.id : undefined, rowKey };
    const body = openRow({ value, header, context }, key).toString('utf8');
    const text = body.replace(/"(wrapped|secret)":"[\w-]{96}"/, '"$1":…');
    said.set(toHex(rowKey), `${toHex(clear)} ${text}`);
  }
  return said;
}
