/** The inventory lists every version once, in order, whatever its key and however it is paged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  type TestStore,
  bucketName,
  diskStore,
  memoryStore,
  plainPut,
} from '../../tests/store-fixture.ts';
import { fullStore } from '../../tests/verify-fixture.ts';
import { Refusal } from '../base/refusal.ts';
import { RowInspector } from '../rows/inspection.ts';
import { type InventoryEntry, type InventoryQuery, listInventory } from './inventory.ts';

async function inventory(made: TestStore, query: InventoryQuery = {}): Promise<InventoryEntry[]> {
  const inspector = new RowInspector(made);
  const entries: InventoryEntry[] = [];
  for (let { after } = query; ;) {
    const page = await listInventory(inspector, { ...query, after });
    assert.ok(page.entries.length <= (query.limit ?? 1_000));
    entries.push(...page.entries);
    if (page.next === undefined) return entries;
    after = page.next;
  }
}

const shown = ({ key, size, deleteMarker, versionId }: InventoryEntry) => ({
  key,
  size,
  deleteMarker,
  null: versionId === 'null',
});

test('versions, markers and multipart objects are listed, newest first', async () => {
  await using made = await fullStore(diskStore);
  const entries = await inventory(made);
  const hostile = 'gone\n"0\x00\u202e';
  assert.deepEqual(entries.map(shown), [
    { key: 'empty', size: 0, deleteMarker: false, null: false },
    { key: hostile, size: undefined, deleteMarker: true, null: false },
    { key: hostile, size: 4, deleteMarker: false, null: false },
    { key: 'large', size: 150_000, deleteMarker: false, null: false },
    { key: 'multi', size: 100_000, deleteMarker: false, null: false },
    { key: 'other', size: 150_000, deleteMarker: false, null: false },
    { key: 'small', size: 12, deleteMarker: false, null: false },
    { key: 'small', size: 6, deleteMarker: false, null: true },
    { key: 'trashed', size: 20_000, deleteMarker: false, null: false },
  ]);
  for (const entry of entries) {
    assert.equal(entry.protection, entry.deleteMarker ? 'none' : 'SSE-S3');
    assert.deepEqual([entry.bucket, entry.keyVersion, entry.format], [bucketName, 1, 1]);
    assert.ok(Math.abs(Date.now() - entry.lastModified.getTime()) < 600_000);
  }
  const { store } = made;
  using view = store.view();
  const opened = await store.objects.open(view, {
    bucket: bucketName,
    key: 'multi',
    versionId: entries[4]?.versionId ?? '',
  });
  assert.equal(opened.version.size, 100_000);
});

test('filters by bucket, prefix, key version and account', async () => {
  await using made = await fullStore();
  const { store } = made;
  const second = {
    name: 'a-second',
    account: '999988887777',
    region: 'r',
    mode: 'classic',
  } as const;
  await store.buckets.create(second);
  await store.objects.put({ ...plainPut('plain', 'x'), bucket: 'a-second' });
  const keys = async (query: InventoryQuery) =>
    (await inventory(made, query)).map(({ key }) => key);
  assert.equal((await inventory(made)).length, 10);
  assert.deepEqual((await inventory(made))[0]?.bucket, 'a-second');
  assert.equal((await inventory(made))[0]?.protection, 'none');
  assert.deepEqual(await keys({ bucket: 'a-second' }), ['plain']);
  assert.deepEqual(await keys({ account: '999988887777' }), ['plain']);
  assert.equal((await keys({ account: '111122223333' })).length, 9);
  assert.deepEqual(await keys({ account: '1' }), []);
  assert.deepEqual(await keys({ prefix: 'o' }), ['other']);
  assert.deepEqual(await keys({ prefix: 'gone\n"0\x00' }), Array(2).fill('gone\n"0\x00\u202e'));
  assert.equal((await keys({ keyVersion: 1 })).length, 10);
  assert.deepEqual(await keys({ keyVersion: 2 }), []);
  const refused = (error: unknown) => error instanceof Refusal && error.code === 'NotFound';
  await assert.rejects(inventory(made, { bucket: 'nowhere' }), refused);
  await assert.rejects(inventory(made, { bucket: bucketName, account: '999988887777' }), refused);
});

test('any size of page lists the same', async () => {
  await using made = await fullStore();
  for (const name of ['aa', 'zz']) {
    await made.store.buckets.create({ name, account: '111122223333', region: 'r', mode: 'modern' });
  }
  await made.store.objects.put({ ...plainPut('last', 'x'), bucket: 'zz' });
  const whole = await inventory(made);
  assert.equal(whole.length, 10);
  for (const limit of [1, 2, 3, 9, 10, 11])
    assert.deepEqual(await inventory(made, { limit }), whole);
});

test('a token that no page gave is refused', async () => {
  await using made = await memoryStore();
  const b64 = (value: unknown) => `i1.${Buffer.from(JSON.stringify(value)).toString('base64url')}`;
  const bad = [
    '',
    'i1.',
    'x',
    b64({}),
    b64([]),
    b64(['b', 'k']),
    b64(['b', 'k', 0]),
    b64(['b', 'k', 1.5]),
  ];
  bad.push(
    b64(['b', 'k', 1, 2]),
    b64(['b', '\ud800', 1]),
    b64(['b', 'k'.repeat(1_025), 1]),
    b64(['', 'k', 1]),
  );
  bad.push(`i1.${'A'.repeat(100_000)}`, `${b64(['b', 'k', 1])}=`);
  for (const after of bad) {
    await assert.rejects(
      inventory(made, { after }),
      (error) => error instanceof Refusal && error.code === 'InvalidArgument',
      after.slice(0, 50),
    );
  }
  assert.deepEqual(await inventory(made, { after: b64(['zzz', 'k', 1]) }), []);
});

test('keys of any text are listed in order of their bytes, each as often as it was put', async () => {
  const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(key, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (keys, limit) => {
        await using made = await memoryStore();
        const { store } = made;
        await store.buckets.change(bucketName, { versioning: 'enabled' });
        for (const each of keys) await store.objects.put(plainPut(each, each));
        const listed = (await inventory(made, { limit })).map((entry) => entry.key);
        assert.deepEqual(
          listed,
          keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
        );
      },
    ),
    { numRuns: 25 },
  );
});
