/** What refers to a master key version is counted to the row, over many pages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketName, memoryStore, plainPut } from '../../tests/store-fixture.ts';
import { Fault } from '../base/refusal.ts';
import type { Entry, Metadata } from '../engines/metadata.ts';
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
