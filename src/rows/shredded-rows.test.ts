/** A bucket without its secret: gone for every process at once, and removed without a key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../base/bytes.ts';
import { randomId } from '../base/ids.ts';
import { DataKey } from '../crypto/data-key.ts';
import { openMemoryMetadata } from '../engines/memory/metadata.ts';
import { KeysInForce } from '../keys/keys-in-force.ts';
import { bucketSettings, freshKeys } from '../../tests/rows-fixture.ts';
import { bucketRow } from './bucket-row.ts';
import { policyRow } from './bucket-config-row.ts';
import { encodeKey, rangeOf } from './keyspace.ts';
import { type Rows, openRows } from './rows.ts';
import { bucketKindCodes } from './shredded-rows.ts';
import { trashRow } from './trash-row.ts';

const clock = (): Date => new Date(1_795_000_000_000);
/** Two processes over one store, and a bucket in it that both have read. */
async function twoProcesses() {
  const metadata = openMemoryMetadata();
  const keys = freshKeys();
  const [one, two] = [1, 2].map(() =>
    openRows({ metadata, keys: new KeysInForce(keys), clock }),
  ) as [Rows, Rows];
  await one.initialise('us-east-1', async () => undefined);
  await one.transact(async (transaction) => {
    const bucket = await transaction.createBucket('b', bucketSettings());
    transaction.in(bucket).setConfig(policyRow, { text: '{}', setAt: clock() });
  });
  return { metadata, one, two };
}

const shred = (rows: Rows): Promise<void> =>
  rows.transact(async (transaction) => {
    const bucket = await transaction.bucket('b');
    assert.ok(bucket);
    transaction.shredBucket(bucket, clock());
    assert.equal(await transaction.bucket('b'), undefined);
  });

async function policyIn(rows: Rows): Promise<string | undefined> {
  using view = rows.view();
  const bucket = await view.bucket('b');
  return bucket && (await view.in(bucket).config(policyRow))?.text;
}

test('what another process kept opened of a bucket is of no use once it is shredded', async () => {
  const { one, two } = await twoProcesses();
  assert.equal(await policyIn(two), '{}');
  assert.equal(await policyIn(one), '{}');
  await shred(one);
  assert.equal(await policyIn(two), undefined);
  assert.equal(await policyIn(one), undefined);
  using view = two.view();
  const row = await view.get(bucketRow, 'b');
  assert.equal(row?.secret, undefined);
  assert.deepEqual(row?.shreddedAt, clock());
});

test('a transaction in flight does not commit into a bucket that is shredded meanwhile', async () => {
  const { one, two } = await twoProcesses();
  const seen: boolean[] = [];
  await two.transact(async (transaction) => {
    const bucket = await transaction.bucket('b');
    seen.push(bucket !== undefined);
    if (bucket === undefined) return;
    transaction.in(bucket).setConfig(policyRow, { text: 'late', setAt: clock() });
    await shred(one);
  });
  assert.deepEqual(seen, [true, false]);
});

test('a shredded bucket is removed in steps, its twins become trash, and its name is free', async () => {
  const { metadata, one, two } = await twoProcesses();
  const twins = [randomId(), randomId()];
  await one.transact(async (transaction) => {
    const bucket = await transaction.bucket('b');
    assert.ok(bucket);
    const inside = transaction.in(bucket);
    const dataKey = DataKey.generate();
    for (const blobId of twins) {
      inside.putTwin(blobId, { kind: 'version', objectKey: 'k', id: randomId() }, dataKey);
    }
    const owner = { kind: 'version', objectKey: 'i', id: randomId() } as const;
    inside.putInline(randomId(), owner, dataKey, Buffer.from('bytes'));
  });
  const remove = (rows: Rows) =>
    rows.transact((transaction) => transaction.removeShredded('b', { limit: 3, now: clock() }));
  await assert.rejects(remove(one), { name: 'Defect' });
  await shred(one);
  const first = await remove(one);
  assert.deepEqual({ rows: first.rows, done: first.done }, { rows: 3, done: false });
  const second = await remove(two);
  assert.deepEqual({ rows: second.rows, done: second.done }, { rows: 1, done: true });
  assert.equal(first.trash + second.trash, 2);
  assert.deepEqual(await remove(two), { rows: 0, trash: 0, done: true });
  using view = two.view();
  const trash = await view.range(trashRow, { ...rangeOf(encodeKey(trashRow.code)), limit: 10 });
  const ids = trash.map(({ key }) => toHex(key));
  assert.deepEqual(ids.toSorted(), twins.map(toHex).toSorted());
  using snapshot = metadata.snapshot();
  for (const code of bucketKindCodes) {
    const left = await snapshot.range({ ...rangeOf(Buffer.of(code)), limit: 1 });
    assert.deepEqual(left, [], `kind ${code.toString(16)}`);
  }
  assert.equal(await view.get(bucketRow, 'b'), undefined);
  await one.transact((transaction) => transaction.createBucket('b', bucketSettings()));
});
