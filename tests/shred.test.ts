/** A shredded bucket is gone at once, for everybody; what it held goes in steps, and nothing else does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { systemClock as clock } from '../src/base/time.ts';
import { removeShredded } from '../src/jobs/remove-shredded.ts';
import { type Shredded, shredBucket } from '../src/jobs/shred-bucket.ts';
import { nextGeneration } from '../src/keys/keyring.ts';
import { KeysInForce } from '../src/keys/keys-in-force.ts';
import { bucketContents } from '../src/rows/bucket-contents.ts';
import { bucketPrefix, rangeOf } from '../src/rows/keyspace.ts';
import { openRows } from '../src/rows/rows.ts';
import { bucketKindCodes } from '../src/rows/shredded-rows.ts';
import { createStore } from '../src/store/create-store.ts';
import type { Store } from '../src/store/store.ts';
import { Sweeper } from '../src/store/sweeper.ts';
import { type KeyringHouse, keyringHouse } from './keyring-house.ts';
import { bucketName, plainPut, readObject } from './store-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { begin, listOf, plainPart, plainUpload } from './upload-fixture.ts';

const account = '111122223333';
const makeBucket = ({ store }: { readonly store: Store }, name = bucketName) =>
  store.buckets.create({ name, account, region: 'us-east-1', mode: 'modern' });

function shred(house: KeyringHouse, name = bucketName): Promise<Shredded> {
  const { changes, rows, start } = house;
  const count = (id: Uint8Array) => bucketContents(start.store.metadata, id);
  return shredBucket({ changes, rows, clock, count }, name);
}

function remove({ rows }: Pick<KeyringHouse, 'rows'>, signal = new AbortController().signal) {
  return removeShredded({ rows, clock, signal }).run();
}

const sweeperOf = ({ rows, start }: KeyringHouse): Sweeper =>
  new Sweeper({ rows, blobs: start.store.blobs, clock });

async function blobCount({ start }: KeyringHouse): Promise<number> {
  let count = 0;
  for await (const _ of start.store.blobs.list()) count += 1;
  return count;
}

async function rowsOf({ start }: KeyringHouse, bucketId: Uint8Array): Promise<number> {
  using snapshot = start.store.metadata.snapshot();
  let count = 0;
  for (const code of bucketKindCodes) {
    const range = rangeOf(bucketPrefix(code, bucketId));
    count += (await snapshot.range({ ...range, limit: 10_000 })).length;
  }
  return count;
}

const noSuchBucket = { name: 'Refusal', code: 'NoSuchBucket' };
const large = Buffer.alloc(100_000, 'x');

interface ShreddedFacts {
  readonly record: string;
  readonly bucket: string;
  readonly contents: {
    readonly objectVersions: number;
    readonly uploads: number;
    readonly twins: number;
    readonly inline: { readonly count: number };
  };
  readonly masterKeyVersions: readonly number[];
}

/** A bucket of everything: versions, a marker, small and large, multipart, an upload in progress. */
async function fill({ store }: Pick<KeyringHouse, 'store'>): Promise<void> {
  await store.buckets.change(bucketName, { versioning: 'enabled' });
  await store.buckets.setTags(bucketName, [['a', 'b']]);
  await store.objects.put(plainPut('small', 'body'));
  await store.objects.put(plainPut('small', 'again'));
  await store.objects.put(plainPut('large', large));
  await store.objects.delete({ bucket: bucketName, key: 'small' });
  const { uploads } = store;
  const done = await begin(uploads, plainUpload('multipart'));
  const part = await uploads.putPart(plainPart(done, 1, large));
  await uploads.complete({ ...done, parts: listOf(part) });
  const under = await begin(uploads, plainUpload('under way'));
  await uploads.putPart(plainPart(under, 1, large));
}

test('a shredded bucket is no bucket any more, in every process, and its name is taken', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  const { metadata, blobs, keys } = house.start.store;
  await makeBucket(house);
  await makeBucket(house, 'other');
  await fill(house);
  const elsewhere = openRows({ metadata, keys: new KeysInForce(keys.newest), clock });
  const other = createStore({ rows: elsewhere, blobs, clock });
  assert.ok((await readObject(other, 'large')).equals(large));
  const { record, versions } = await shred(house);
  const facts = JSON.parse(record.text) as ShreddedFacts;
  assert.equal(facts.record, 'bucket-shredded');
  assert.equal(facts.bucket, bucketName);
  assert.deepEqual(facts.masterKeyVersions, versions);
  const { contents } = facts;
  assert.equal(contents.objectVersions, 5);
  assert.equal(contents.uploads, 1);
  assert.equal(contents.inline.count, 2);
  assert.equal(contents.twins, 4);
  for (const store of [house.store, other]) {
    await assert.rejects(readObject(store, 'large'), noSuchBucket);
    await assert.rejects(store.objects.put(plainPut('new', 'x')), noSuchBucket);
    await assert.rejects(store.buckets.delete(bucketName), noSuchBucket);
    await assert.rejects(store.buckets.change(bucketName, {}), noSuchBucket);
    using view = store.view();
    assert.equal(await store.buckets.find(view, bucketName), undefined);
    const listed = await store.buckets.list(view, { account, limit: 10 });
    assert.deepEqual(
      listed.buckets.map(({ name }) => name),
      ['other'],
    );
    await assert.rejects(makeBucket({ store }), { code: 'OperationAborted' });
  }
  await assert.rejects(shred(house), { code: 'NotFound' });
  await remove(house);
  await makeBucket(house);
  using view = house.store.view();
  assert.equal(await house.store.buckets.tags(view, bucketName), undefined);
  await assert.rejects(readObject(house.store, 'large'), { code: 'NoSuchKey' });
});

test('a bucket is shredded under a keyring of before records were signed', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  await makeBucket(house);
  await house.changes.change({
    next: (keyring) => ({ ...nextGeneration(keyring), signing: undefined }),
  });
  const { record } = await shred(house);
  const [listed] = await house.records();
  assert.equal(listed?.id, record.id);
  assert.equal(listed.verified, true);
});

test('its rows count as references until they are removed, files go through the trash', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  const bucket = await makeBucket(house);
  await fill(house);
  await house.rotate();
  await shred(house);
  // The inside of the bucket cannot be moved any more, and hinders nothing else.
  await house.rewrap();
  await assert.rejects(house.destruction.destroy(1), {
    code: 'StillReferenced',
    message: /bucket \(shredded\)/,
  });
  // Cut off after each step, and begun anew.
  for (let round = 0; round < 3; round++) {
    await house.rows.transact((transaction) =>
      transaction.removeShredded(bucketName, { limit: 3, now: clock() }),
    );
  }
  const left = await rowsOf(house, bucket.id);
  assert.ok(left > 0);
  assert.deepEqual(await remove(house), { buckets: 1, rows: left });
  assert.equal(await remove(house), undefined);
  assert.equal(await rowsOf(house, bucket.id), 0);
  const { record } = await house.destruction.destroy(1);
  assert.match(record.text, /"references":0/);
  const sweeper = sweeperOf(house);
  assert.equal(await sweeper.emptyTrash(), 0);
  await sweeper.emptyTrash(0);
  assert.equal(await blobCount(house), 0);
});

test('who is in the middle of something when it happens ends with what it had, or is refused', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  await makeBucket(house);
  const { store } = house;
  await store.objects.put(plainPut('read', large));
  const upload = await begin(store.uploads, plainUpload('upload'));
  const part = await store.uploads.putPart(plainPart(upload, 1, large));
  const reading = await (async () => {
    using view = store.view();
    return (await store.objects.open(view, { bucket: bucketName, key: 'read' })).read();
  })();
  const begun = [1, 2].map(() => Promise.withResolvers<void>());
  const until = Promise.withResolvers<void>();
  async function* slowly(index: number) {
    yield Buffer.from(large);
    begun[index]?.resolve();
    await until.promise;
    yield Buffer.from('end');
  }
  const writing = [
    store.objects.put({ ...plainPut('written'), body: slowly(0) }),
    store.uploads.putPart({ ...plainPart(upload, 2), body: slowly(1) }),
  ];
  const settled = Promise.allSettled(writing);
  await Promise.all(begun.map(({ promise }) => promise));
  await shred(house);
  until.resolve();
  for (const outcome of await settled) {
    assert.equal(outcome.status, 'rejected');
    assert.equal((outcome.reason as { code?: string }).code, 'NoSuchBucket');
  }
  await assert.rejects(store.uploads.complete({ ...upload, parts: listOf(part) }), noSuchBucket);
  const pieces: Uint8Array[] = [];
  for await (const piece of reading) pieces.push(piece);
  assert.ok(Buffer.concat(pieces).equals(large));
  await remove(house);
  const sweeper = sweeperOf(house);
  await sweeper.emptyTrash(0);
  await sweeper.settleReservations(await sweeper.reservationHolders());
  assert.equal(await blobCount(house), 0);
});

test('whatever a bucket holds, all of it is removed and nothing of another', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  await makeBucket(house, 'other');
  await house.store.objects.put({ ...plainPut('key', 'kept'), bucket: 'other' });
  await house.store.objects.put({ ...plainPut('large', large), bucket: 'other' });
  const key = fc.string({ minLength: 1, maxLength: 4 });
  const step = fc.record({
    key,
    what: fc.constantFrom('small', 'large', 'delete', 'upload', 'part', 'versioned', 'tagged'),
  });
  const holds = fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
    const { store } = house;
    const bucket = await makeBucket(house);
    for (const { key: name, what } of steps) {
      if (what === 'small') await store.objects.put(plainPut(name, name));
      if (what === 'large') await store.objects.put(plainPut(name, large));
      if (what === 'delete') await store.objects.delete({ bucket: bucketName, key: name });
      if (what === 'versioned') await store.buckets.change(bucketName, { versioning: 'enabled' });
      if (what === 'tagged') await store.buckets.setTags(bucketName, [[name, name]]);
      if (what !== 'upload' && what !== 'part') continue;
      const upload = await begin(store.uploads, plainUpload(name));
      const part = await store.uploads.putPart(plainPart(upload, 1, name));
      if (what === 'part') await store.uploads.complete({ ...upload, parts: listOf(part) });
    }
    await shred(house);
    await remove(house);
    assert.equal(await rowsOf(house, bucket.id), 0);
    await sweeperOf(house).emptyTrash(0);
    assert.equal(await blobCount(house), 1);
  });
  await fc.assert(holds, { numRuns: 10 });
  using view = house.store.view();
  const opened = await house.store.objects.open(view, { bucket: 'other', key: 'large' });
  const pieces: Uint8Array[] = [];
  for await (const piece of opened.read()) pieces.push(piece);
  assert.ok(Buffer.concat(pieces).equals(large));
});
