/** The re-wrap beside everything else: writes and deletions, uploads, kills, damage, and parts of a store. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from '../src/store/create-store.ts';
import { systemClock as clock } from '../src/base/time.ts';
import { asSealed } from '../src/base/sealed.ts';
import { bucketRow } from '../src/rows/bucket-row.ts';
import { headRow } from '../src/rows/head-row.ts';
import { bucketPrefix, rangeOf } from '../src/rows/keyspace.ts';
import { bucketRanges, prefixRanges } from '../src/rows/old-rows.ts';
import { partRow } from '../src/rows/part-row.ts';
import { uploadRow } from '../src/rows/upload-row.ts';
import { versionRow } from '../src/rows/version-row.ts';
import { laidOpen, oldRows, paceOf, rewrap, rotate, smallSteps } from './rewrap-fixture.ts';
import { type TestStore, bucketName, memoryStore, plainPut, readObject } from './store-fixture.ts';
import { begin, listOf, partBytes, plainPart, plainUpload } from './upload-fixture.ts';
import { assertWhole } from './whole-store.ts';

async function filled(keys: number): Promise<TestStore> {
  const house = await memoryStore();
  for (let n = 0; n < keys; n += 1) await house.store.objects.put(plainPut(`k${n}`, `first ${n}`));
  return house;
}

async function bucketIdOf({ rows }: TestStore): Promise<Uint8Array> {
  using view = rows.view();
  const row = await view.get(bucketRow, bucketName);
  assert.ok(row);
  return row.id;
}

/** Changes the stored bytes of a row behind everybody's back. */
async function damage({ metadata }: TestStore, rowKey: Uint8Array): Promise<void> {
  await metadata.transact(async (transaction) => {
    const value = await transaction.get(rowKey);
    assert.ok(value);
    value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
    transaction.put(rowKey, asSealed(value));
  });
}

test('what is written or deleted while rows move is neither lost nor undone', async () => {
  await using house = await filled(60);
  const { store } = house;
  await rotate(house);
  const expected = new Map<string, string | undefined>();
  const writes: Promise<unknown>[] = [];
  const between = async (turn: number): Promise<void> => {
    // Not awaited: they race with the transactions that are under way.
    const key = `k${(turn * 7) % 60}`;
    if (turn % 3 === 0) {
      writes.push(store.objects.delete({ bucket: bucketName, key }));
      expected.set(key, undefined);
    } else {
      writes.push(store.objects.put(plainPut(key, `turn ${turn}`)));
      expected.set(key, `turn ${turn}`);
    }
    await Promise.all(turn % 2 === 0 ? writes.splice(0) : []);
  };
  const { finished, unmoved } = await rewrap(house, { pace: paceOf(smallSteps, between) });
  await Promise.all(writes);
  assert.deepEqual([finished, unmoved], [true, 0]);
  assert.equal(await oldRows(house), 0);
  for (let n = 0; n < 60; n += 1) {
    const key = `k${n}`;
    const body = expected.has(key) ? expected.get(key) : `first ${n}`;
    if (body === undefined) await assert.rejects(readObject(store, key), { code: 'NoSuchKey' });
    else assert.equal((await readObject(store, key)).toString(), body);
  }
  await assertWhole(house);
});

test('a version that becomes current midway is what the rest moves to, and the next run the start', async () => {
  await using house = await filled(30);
  await rotate(house);
  const before = await laidOpen(house);
  const pace = paceOf(smallSteps, async (turn) => (turn === 6 ? rotate(house) : undefined));
  assert.ok((await rewrap(house, { pace })).finished);
  assert.ok((await oldRows(house)) > 0);
  await rewrap(house);
  assert.equal(await oldRows(house), 0);
  const changed = [...(await laidOpen(house))].filter(([row, text]) => before.get(row) !== text);
  assert.deepEqual(
    changed.filter(([row]) => !/^(01|02|18)/.test(row)),
    [],
  );
});

test('a run that was cut off is finished by another, which moves only what is left', async () => {
  await using house = await filled(40);
  await rotate(house);
  const all = await oldRows(house);
  const pace = paceOf(smallSteps, async (turn) => turn < 8);
  const first = await rewrap(house, { pace });
  assert.equal(first.finished, false);
  assert.ok(first.moved > 0 && first.moved < all);
  const second = await rewrap(house);
  const settled = first.moved + first.passed + second.moved + second.passed;
  assert.deepEqual([second.finished, settled], [true, all]);
  assert.equal(await oldRows(house), 0);
});

test('a row that does not open is named and left alone, and the others move', async () => {
  await using house = await filled(20);
  const id = await bucketIdOf(house);
  const broken = versionRow.encodeKey(id, { key: 'k7', ordinal: 1 });
  await damage(house, broken);
  await rotate(house);
  using before = house.metadata.snapshot();
  const sealed = await before.get(broken);
  const { finished, unmoved, names } = await rewrap(house);
  assert.deepEqual([finished, unmoved], [true, 1]);
  assert.match(names.join('\n'), /^version row 31 .*k7.* of bucket bucket .*key version 1/);
  using now = house.metadata.snapshot();
  assert.deepEqual(await now.get(broken), sealed);
  assert.equal(await oldRows(house), 1);
});

test('a header that cannot be read is named too', async () => {
  await using house = await filled(3);
  const id = await bucketIdOf(house);
  await rotate(house);
  await house.metadata.transact(async (transaction) => {
    transaction.put(headRow.encodeKey(id, 'k1'), asSealed(Buffer.alloc(50)));
  });
  const { unmoved, names } = await rewrap(house);
  assert.equal(unmoved, 1);
  assert.match(names.join('\n'), /30 .*k1/);
});

test('a bucket whose row does not open is told once, not for every row in it', async () => {
  await using house = await filled(20);
  await damage(house, bucketRow.encodeKey(bucketName));
  await rotate(house);
  const { unmoved, names } = await rewrap(house);
  assert.equal(unmoved, 1 + 2 * 20);
  const [inside = '', row = '', ...more] = names.toSorted();
  assert.deepEqual(more, []);
  assert.match(row, /^bucket row 20 bucket/);
  assert.match(inside, /^all in bucket [0-9a-f]{32}, which has no row$/);
});

test('the inside of a shredded bucket is passed over; its row moves', async () => {
  await using house = await filled(10);
  const id = await bucketIdOf(house);
  await house.rows.transact(async (transaction) => {
    const bucket = await transaction.bucket(bucketName);
    assert.ok(bucket);
    transaction.shredBucket(bucket, clock());
  });
  await rotate(house);
  const { unmoved, finished } = await rewrap(house);
  assert.deepEqual([finished, unmoved], [true, 0]);
  assert.equal(await oldRows(house, [rangeOf(bucketRow.encodeKey(bucketName))]), 0);
  assert.equal(await oldRows(house, [rangeOf(bucketPrefix(headRow.code, id))]), 10);
});

test('an upload begun under one version is completed after its rows moved, and the object read', async () => {
  await using house = await memoryStore();
  const { rows, blobs, store } = house;
  const { uploads } = createStore({ rows, blobs, clock });
  const name = await begin(uploads, plainUpload('big'));
  const one = await uploads.putPart(plainPart(name, 1, Buffer.alloc(partBytes, '1')));
  await rotate(house);
  async function* movedMidway() {
    yield Buffer.alloc(30_000, '2');
    await rewrap(house);
    yield Buffer.alloc(30_000, '3');
  }
  const two = await uploads.putPart({ ...plainPart(name, 2), body: movedMidway() });
  await rotate(house);
  await rewrap(house);
  assert.equal(await oldRows(house), 0);
  await uploads.complete({ ...name, parts: listOf(one, two) });
  const range = { start: partBytes - 1, end: partBytes + 30_001 };
  const read = (await readObject(store, 'big', { range })).toString();
  assert.equal(read, `1${'2'.repeat(30_000)}3`);
  await assertWhole(house);
});

test('an object that was read before is read from the row as it is now', async () => {
  await using house = await filled(1);
  assert.equal((await readObject(house.store, 'k0')).toString(), 'first 0');
  await rotate(house);
  await rewrap(house);
  assert.equal((await readObject(house.store, 'k0')).toString(), 'first 0');
  using view = house.rows.view();
  const bucket = await view.bucket(bucketName);
  assert.ok(bucket);
  const version = await view.in(bucket).get(versionRow, { key: 'k0', ordinal: 1 });
  assert.equal(version?.dataKey.version, 2);
});

test('a bucket, or a prefix in it, moves alone', async () => {
  await using house = await filled(4);
  const { rows, blobs, store, metadata } = house;
  await store.buckets.create({
    name: 'other',
    account: '111122223333',
    region: 'us-east-1',
    mode: 'modern',
  });
  await store.objects.put({ ...plainPut('k', 'other'), bucket: 'other' });
  const { uploads } = createStore({ rows, blobs, clock });
  const [inside, outside] = [
    await begin(uploads, plainUpload('k1 upload')),
    await begin(uploads, plainUpload('z upload')),
  ];
  await uploads.putPart(plainPart(inside, 1, 'part'));
  await uploads.putPart(plainPart(outside, 1, 'part'));
  await rotate(house);
  const id = await bucketIdOf(house);
  const all = await oldRows(house);
  // Head and version of one key, an upload and its part.
  const prefix = () => prefixRanges(metadata, id, 'k1');
  assert.equal((await rewrap(house, { ranges: prefix() })).moved, 4);
  assert.equal(await oldRows(house, prefix()), 0);
  assert.equal(await oldRows(house, [rangeOf(bucketPrefix(partRow.code, id))]), 1);
  const bucket = bucketRanges(bucketName, id);
  // The bucket's row, three keys more, and the other upload with its part.
  assert.equal((await rewrap(house, { ranges: bucket })).moved, 1 + 6 + 2);
  assert.equal(await oldRows(house, bucket), 0);
  assert.equal(await oldRows(house, [rangeOf(bucketPrefix(uploadRow.code, id))]), 0);
  const process = 1;
  assert.ok((await oldRows(house)) >= all - 4 - 9 - process);
  await rewrap(house);
  assert.equal(await oldRows(house), 0);
});
