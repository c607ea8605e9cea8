/** Rows as the rooms above use them: sealed for one place, fenced, cached without ever being stale. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomId } from '../base/ids.ts';
import { Fault } from '../base/refusal.ts';
import { DataKey } from '../crypto/data-key.ts';
import { sealRow } from '../crypto/envelope.ts';
import { openMemoryMetadata } from '../engines/memory/metadata.ts';
import type { Metadata } from '../engines/metadata.ts';
import { KeysInForce } from '../keys/keys-in-force.ts';
import { freshKeys, freshRows } from '../../tests/rows-fixture.ts';
import { accountRow } from './account-row.ts';
import { policyRow, taggingRow } from './bucket-config-row.ts';
import { type BucketSettings, bucketRow } from './bucket-row.ts';
import { directoryRow } from './directory-row.ts';
import { type HeadRow, headRow } from './head-row.ts';
import { bucketPrefix, directoryShard, rangeOf } from './keyspace.ts';
import { payloadKey } from './payload-row.ts';
import { processRow } from './process-row.ts';
import { type RowView, type Rows, openRows, readKeyringReference } from './rows.ts';
import { storeRow } from './store-row.ts';
import { userRow } from './user-row.ts';

const clock = (): Date => new Date(1_795_000_000_000);
const account = (name: string) => ({
  name,
  canonicalId: 'c',
  createdAt: clock(),
  users: 0,
  accessKeys: [],
});
const settings = (id: Uint8Array = randomId()): BucketSettings => ({
  id,
  account: '1',
  createdAt: clock(),
  region: 'us-east-1',
  mode: 'modern',
  versioning: 'off',
  encryption: undefined,
  publicAccessBlock: undefined,
  ownership: undefined,
  configs: [],
});
const head = (etag: string): HeadRow => ({
  top: 1,
  nulls: 1,
  ordinal: 1,
  id: randomId(),
  size: 1,
  etag,
  modified: clock(),
  marker: false,
  null: true,
  checksumAlgorithm: undefined,
  checksumType: undefined,
});

const damagedNaming =
  (...parts: readonly string[]) =>
  (error: unknown): boolean =>
    error instanceof Fault &&
    error.kind === 'damaged' &&
    parts.every((part) => error.message.includes(part));

async function bucketOf(view: RowView, name: string) {
  const bucket = await view.bucket(name);
  assert.ok(bucket, name);
  return view.in(bucket);
}

async function createBuckets(rows: Rows, ...names: readonly string[]): Promise<void> {
  await rows.transact(async (transaction) => {
    for (const name of names) await transaction.createBucket(name, settings());
  });
}

/** Copies one stored value to another key, as a thief of disks would. */
async function move(
  metadata: Metadata,
  from: Uint8Array,
  to: Uint8Array,
  target = metadata,
): Promise<void> {
  using snapshot = metadata.snapshot();
  const value = await snapshot.get(from);
  assert.ok(value);
  await target.transact(async (transaction) => {
    transaction.put(to, value as ReturnType<typeof sealRow>);
  });
}

test('a store is initialised once', async () => {
  const metadata = openMemoryMetadata();
  const keys = freshKeys();
  assert.equal(await readKeyringReference(metadata), undefined);
  const first = openRows({ metadata, keys: new KeysInForce(keys), clock });
  const second = openRows({ metadata, keys: new KeysInForce(keys), clock });
  const made = await Promise.all(
    [first, second].map((rows) =>
      rows.initialise('eu-west-1', (transaction) =>
        transaction.create(accountRow, '1', account('a')),
      ),
    ),
  );
  assert.equal(made.filter((initialised) => initialised).length, 1);
  assert.deepEqual(await readKeyringReference(metadata), keys.reference);
  using view = second.view();
  const store = await view.get(storeRow, undefined);
  assert.deepEqual([store?.createdAt, store?.region], [clock(), 'eu-west-1']);
  assert.deepEqual([...(store?.canaries.keys() ?? [])], [1]);
  assert.equal((await view.get(accountRow, '1'))?.name, 'a');
  const shard = await view.get(directoryRow, directoryShard('account/1'));
  assert.deepEqual([...(shard ?? [])], ['account/1']);
});

test('a bucket opens with its keys, and what is in it comes back in order and grouped', async () => {
  const rows = await freshRows();
  await createBuckets(rows, 'b');
  const keys = ['a', 'a/1', 'a/2', 'b\0c', 'é/x', '\u{10000}', '\uffff'];
  await rows.transact(async (transaction) => {
    const bucket = await transaction.bucket('b');
    assert.ok(bucket);
    for (const key of keys) transaction.in(bucket).put(headRow, key, head(key));
  });
  using view = rows.view();
  assert.equal(await view.bucket('other'), undefined);
  const opened = await view.bucket('b');
  assert.ok(opened);
  const bucket = view.in(opened);
  const range = rangeOf(bucketPrefix(headRow.code, opened.row.id));
  const listed = await bucket.range(headRow, { ...range, limit: 100 });
  const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(
    listed.map(({ key, value }) => [key, value.etag]),
    sorted.map((key) => [key, key]),
  );
  const grouped = await bucket.grouped(headRow, {
    ...range,
    prefix: '',
    delimiter: '/',
    limit: 100,
  });
  assert.deepEqual(
    grouped.map((result) => (result.kind === 'row' ? result.key : `${result.prefix}*`)),
    ['a', 'a/*', 'b\0c', 'é/*', '\uffff', '\u{10000}'],
  );
  const nul = await bucket.grouped(headRow, { ...range, prefix: '', delimiter: '\0', limit: 4 });
  assert.deepEqual(nul.at(-1), { kind: 'prefix', prefix: 'b\0' });
});

test('a row moved to another key, kind, bucket or store does not open', async () => {
  const metadata = openMemoryMetadata();
  const rows = await freshRows({ metadata });
  await createBuckets(rows, 'b', 'c');
  await rows.transact(async (transaction) => {
    await transaction.create(accountRow, '1', account('one'));
    const bucket = await transaction.bucket('b');
    assert.ok(bucket);
    transaction.in(bucket).put(headRow, 'key', head('e'));
  });
  const ids = await (async () => {
    using view = rows.view();
    return Promise.all(['b', 'c'].map(async (name) => (await view.bucket(name))?.row.id));
  })();
  const [b, c] = ids;
  assert.ok(b && c);
  await move(metadata, headRow.encodeKey(b, 'key'), headRow.encodeKey(b, 'other'));
  await move(metadata, headRow.encodeKey(b, 'key'), headRow.encodeKey(c, 'key'));
  await move(metadata, accountRow.encodeKey('1'), accountRow.encodeKey('2'));
  await move(metadata, accountRow.encodeKey('1'), userRow.encodeKey({ account: '1', name: '' }));
  using view = rows.view();
  const inB = await bucketOf(view, 'b');
  assert.equal((await inB.get(headRow, 'key'))?.etag, 'e');
  await assert.rejects(
    inB.get(headRow, 'other'),
    damagedNaming('head', 'other', 'bucket b', 'version 1'),
  );
  const inC = await bucketOf(view, 'c');
  await assert.rejects(inC.get(headRow, 'key'), damagedNaming('head', 'key', 'bucket c'));
  await assert.rejects(view.get(accountRow, '2'), damagedNaming('account'));
  await assert.rejects(view.get(userRow, { account: '1', name: '' }), damagedNaming('user'));
  const foreign = openMemoryMetadata();
  const others = await freshRows({ metadata: foreign });
  await move(metadata, accountRow.encodeKey('1'), accountRow.encodeKey('1'), foreign);
  using otherView = others.view();
  await assert.rejects(otherView.get(accountRow, '1'), damagedNaming('account'));
});

test('payload and manifest rows open for their owner and place only', async () => {
  const metadata = openMemoryMetadata();
  const rows = await freshRows({ metadata });
  await createBuckets(rows, 'b');
  const dataKey = DataKey.generate();
  const owner = { kind: 'version', objectKey: 'k', id: randomId() } as const;
  const [inline, twin, moved] = [randomId(), randomId(), randomId()];
  const blob = { id: twin, file: true };
  const parts = [{ number: 1, blob, size: 9, md5: 'a'.repeat(32), checksum: undefined }];
  const stored = await rows.transact(async (transaction) => {
    const bucket = await transaction.bucket('b');
    assert.ok(bucket);
    const inside = transaction.in(bucket);
    inside.putInline(inline, owner, dataKey, Buffer.from('bytes'));
    inside.putTwin(twin, owner, dataKey);
    inside.putManifest(owner.id, 0, dataKey, parts);
    return inside.wrapDataKey({ purpose: 'version', ...owner }, dataKey);
  });
  const id = await (async () => {
    using view = rows.view();
    return (await view.bucket('b'))?.row.id;
  })();
  assert.ok(id);
  await move(metadata, payloadKey(id, inline), payloadKey(id, moved));
  using view = rows.view();
  const bucket = await bucketOf(view, 'b');
  const opened = bucket.openDataKey({ purpose: 'version', ...owner }, stored);
  const payload = await bucket.payload(inline);
  assert.equal(payload.inline(opened, owner).toString(), 'bytes');
  (await bucket.payload(twin)).twin(opened, owner);
  assert.deepEqual(await bucket.manifest(owner.id, 0, opened), parts);
  assert.throws(() => payload.twin(opened, owner), damagedNaming('payload'));
  assert.throws(
    () => payload.inline(opened, { ...owner, objectKey: 'l' }),
    damagedNaming('payload'),
  );
  assert.throws(
    () => payload.inline(DataKey.generate(), owner),
    damagedNaming('payload', 'bucket b'),
  );
  const elsewhere = await bucket.payload(moved);
  assert.throws(() => elsewhere.inline(opened, owner), damagedNaming('payload'));
  await assert.rejects(bucket.payload(randomId()), damagedNaming('payload', 'missing'));
  await assert.rejects(bucket.manifest(owner.id, 1, opened), damagedNaming('manifest', 'missing'));
  for (const place of [
    { purpose: 'upload', ...owner },
    { purpose: 'version', ...owner, objectKey: 'l' },
    { purpose: 'version', ...owner, id: randomId() },
  ] as const) {
    assert.throws(() => bucket.openDataKey(place, stored), damagedNaming('data key'));
  }
});

test('the cache never serves a row that another process changed', async () => {
  const metadata = openMemoryMetadata();
  const keys = freshKeys();
  const one = await freshRows({ metadata, keys });
  const two = await freshRows({ metadata, keys });
  await createBuckets(one, 'b');
  for (const text of ['first', 'second', undefined, 'third']) {
    await two.transact(async (transaction) => {
      const bucket = await transaction.bucket('b');
      assert.ok(bucket);
      transaction
        .in(bucket)
        .setConfig(policyRow, text === undefined ? undefined : { text, setAt: clock() });
    });
    for (const rows of [one, two, one]) {
      using view = rows.view();
      assert.equal((await (await bucketOf(view, 'b')).config(policyRow))?.text, text);
    }
  }
});

test('opened rows are used again while their bytes stay the same', async () => {
  const rows = await freshRows();
  await createBuckets(rows, 'b');
  const seen = [rows.view(), rows.view()].map(async (opened) => {
    using view = opened;
    return view.get(bucketRow, 'b');
  });
  const [first, second] = await Promise.all(seen);
  assert.ok(first !== undefined && first === second);
});

test('a row that its parent names and that is missing is damage, never absence', async () => {
  const metadata = openMemoryMetadata();
  const rows = await freshRows({ metadata });
  await createBuckets(rows, 'b', 'gone');
  await rows.transact(async (transaction) => {
    const bucket = await transaction.bucket('b');
    assert.ok(bucket);
    const changed = transaction.in(bucket).setConfig(taggingRow, { tags: [['a', 'b']] });
    transaction.in(changed).setConfig(policyRow, { text: '{}', setAt: clock() });
    assert.throws(() => transaction.in(bucket), { name: 'Defect' });
    await transaction.create(
      userRow,
      { account: '1', name: 'u' },
      {
        id: 'AIDA',
        createdAt: clock(),
        policy: undefined,
        accessKeys: [],
      },
    );
  });
  const id = await (async () => {
    using view = rows.view();
    const bucket = await view.bucket('b');
    assert.deepEqual(bucket?.row.configs, ['tagging', 'policy']);
    return bucket?.row.id;
  })();
  assert.ok(id);
  await metadata.transact(async (transaction) => {
    transaction.delete(bucketRow.encodeKey('gone'));
    transaction.delete(policyRow.encodeKey(id, undefined));
    transaction.delete(userRow.encodeKey({ account: '1', name: 'u' }));
  });
  using view = rows.view();
  await assert.rejects(view.bucket('gone'), damagedNaming('bucket', 'gone', 'missing'));
  await assert.rejects(view.get(userRow, { account: '1', name: 'u' }), damagedNaming('user'));
  assert.equal(await view.get(userRow, { account: '1', name: 'v' }), undefined);
  const inside = await bucketOf(view, 'b');
  await assert.rejects(inside.config(policyRow), damagedNaming('policy', 'missing'));
  assert.deepEqual((await inside.config(taggingRow))?.tags, [['a', 'b']]);
});

test('what is removed leaves the directory too', async () => {
  const rows = await freshRows();
  await createBuckets(rows, 'b');
  await rows.transact(async (transaction) => {
    assert.throws(() => transaction.delete(bucketRow, 'b'), { name: 'Defect' });
    await transaction.remove(bucketRow, 'b');
  });
  using view = rows.view();
  assert.equal(await view.bucket('b'), undefined);
  assert.equal(await view.get(directoryRow, directoryShard('bucket/b')), undefined);
});

test('wraps are reserved before they are made', async () => {
  const rows = await freshRows();
  await createBuckets(rows, 'b');
  using view = rows.view();
  assert.deepEqual((await view.get(processRow, rows.processId))?.wraps, { 1: 65_536 });
});
