/** What refers to a master key version is counted to the row, over many pages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadedKeys } from '../../tests/rows-fixture.ts';
import { bucketName, memoryStore, plainPut } from '../../tests/store-fixture.ts';
import { plainUpload } from '../../tests/upload-fixture.ts';
import { Fault } from '../base/refusal.ts';
import type { Entry, Metadata } from '../engines/metadata.ts';
import { activatePrepared, addVersion } from '../keys/keyring.ts';
import { countReferences } from './count-references.ts';
import { trashRow } from './trash-row.ts';

const clock = (): Date => new Date(1_795_000_000_000);

test('versions, markers and all their rows are counted; payloads are not', async () => {
  await using house = await memoryStore();
  const { store, metadata, rows } = house;
  const count = () => countReferences({ metadata, rows, clock });
  const empty = (await count()).references.get(1);
  assert.ok(empty);
  assert.equal(empty.objectVersions, 0);
  for (let index = 0; index < 9; index += 1) await store.objects.put(plainPut(`k${index}`, 'body'));
  const { references, wraps, countedAt } = await count();
  assert.deepEqual(references.get(1), {
    objectVersions: 9,
    uploads: 0,
    // A head and a version row each, and the payload rows under no master key.
    rows: empty.rows + 18,
  });
  assert.deepEqual([...references.keys()], [1]);
  assert.equal(countedAt.getTime(), clock().getTime());
  assert.ok((wraps.get(1) ?? 0) >= 9);
  await store.objects.delete({ bucket: bucketName, key: 'k0' });
  assert.equal((await count()).references.get(1)?.objectVersions, 8);
});

test('a keyspace of many pages is counted whole, and no row twice', async () => {
  await using house = await memoryStore();
  const { metadata, rows } = house;
  const before = (await countReferences({ metadata, rows, clock })).references.get(1)?.rows ?? 0;
  await rows.transact(async (transaction) => {
    for (let index = 0; index < 2_500; index += 1) {
      const id = Buffer.alloc(16);
      id.writeUInt32BE(index);
      transaction.put(trashRow, id, { since: clock() });
    }
  });
  const after = (await countReferences({ metadata, rows, clock })).references.get(1)?.rows;
  assert.equal(after, before + 2_500);
});

test('a row that cannot be read stops the count and is named', async () => {
  await using house = await memoryStore();
  const { metadata, rows } = house;
  const broken: Metadata = {
    snapshot: () => {
      const snapshot = metadata.snapshot();
      return {
        get: (key) => snapshot.get(key),
        prefixes: (query) => snapshot.prefixes(query),
        [Symbol.dispose]: () => snapshot[Symbol.dispose](),
        range: async (query) =>
          (await snapshot.range(query)).map((entry): Entry => {
            return entry.key[0] === 0x20 ? { key: entry.key, value: Buffer.alloc(40) } : entry;
          }),
      };
    },
    transact: (fn) => metadata.transact(fn),
    close: () => metadata.close(),
  };
  await assert.rejects(
    countReferences({ metadata: broken, rows, clock }),
    (error) =>
      error instanceof Fault && error.kind === 'damaged' && /20 bucket/.test(error.message),
  );
});

test('after rotations each version has what it sealed, and a row that is written again moves', async () => {
  await using house = await memoryStore();
  const { store, metadata, rows, keys } = house;
  const rotate = async () => {
    for (const change of [addVersion, activatePrepared]) {
      const next = loadedKeys(change(keys.newest.keyring, clock()));
      assert.equal(await rows.changeKeyring(next), 'changed');
    }
  };
  const count = () => countReferences({ metadata, rows, clock });
  for (const key of ['a', 'b', 'c']) await store.objects.put(plainPut(key, 'one'));
  await store.uploads.create(plainUpload('u'));
  const before = (await count()).references.get(1);
  await rotate();
  await store.objects.put(plainPut('d', 'two'));
  // In the place of a version that the first key sealed.
  await store.objects.put(plainPut('a', 'two'));
  await rotate();
  await store.objects.put(plainPut('e', 'three'));
  const { references, wraps } = await count();
  const of = (version: number) => references.get(version);
  assert.deepEqual([of(1)?.objectVersions, of(1)?.uploads], [2, 1]);
  assert.deepEqual([of(2)?.objectVersions, of(2)?.uploads], [2, 0]);
  assert.deepEqual([of(3)?.objectVersions, of(3)?.uploads], [1, 0]);
  // A head and a version row of `a`, the keyring row, and what the process says of itself.
  assert.ok((of(1)?.rows ?? 0) <= (before?.rows ?? 0) - 3);
  const all = [...references.values()].reduce((sum, { rows: each }) => sum + each, 0);
  using snapshot = metadata.snapshot();
  const range = { start: Buffer.of(0), end: Buffer.of(0xff), limit: 10_000 };
  const sealed = (await snapshot.range(range)).filter(
    ({ key }) => key[0] !== 0x32 && key[0] !== 0x33,
  );
  assert.equal(all, sealed.length);
  for (const version of [1, 2, 3]) {
    const made = version === 1 ? 4 : version === 2 ? 2 : 1;
    assert.ok((wraps.get(version) ?? 0) >= made, `${version}`);
  }
});
