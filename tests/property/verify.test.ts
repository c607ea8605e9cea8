/**
 * What is healthy is never told of: not after any history of writes and deletions, and not while
 * objects, uploads and buckets come and go, files are swept at once and the master key rotates.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { activatePrepared, addVersion } from '../../src/keys/keyring.ts';
import { Sweeper } from '../../src/store/sweeper.ts';
import { loadedKeys } from '../rows-fixture.ts';
import { type TestStore, bucketName, diskStore, memoryStore, plainPut } from '../store-fixture.ts';
import { begin, listOf, plainPart, plainUpload } from '../upload-fixture.ts';
import { shown, verified, withAccount } from '../verify-fixture.ts';

const key = fc.constantFrom('a', 'b', 'a/b', 'a\0b', '"\n', 'ü\u{1f600}');
const size = fc.constantFrom(0, 10, 16_384, 16_385, 70_000);
const step = fc.oneof(
  fc.record({ do: fc.constant('put' as const), key, size }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('delete-version' as const), key }),
  fc.record({ do: fc.constant('multipart' as const), key, size, complete: fc.boolean() }),
  fc.record({
    do: fc.constant('versioning' as const),
    versioning: fc.constantFrom('enabled' as const, 'suspended' as const),
  }),
  fc.record({ do: fc.constant('rotate' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function rotate({ rows, keys }: TestStore): Promise<void> {
  for (const change of [addVersion, activatePrepared]) {
    const next = loadedKeys(change(keys.newest.keyring, new Date()));
    assert.equal(await rows.changeKeyring(next), 'changed');
  }
}

async function take(made: TestStore, one: Step): Promise<void> {
  const { store } = made;
  const { uploads, objects } = store;
  const bucket = bucketName;
  switch (one.do) {
    case 'put':
      return void (await objects.put(plainPut(one.key, Buffer.alloc(one.size, 1))));
    case 'delete':
      return void (await objects.delete({ bucket, key: one.key }));
    case 'delete-version':
      return void (await objects.delete({ bucket, key: one.key, versionId: 'null' }));
    case 'multipart': {
      const upload = await begin(uploads, plainUpload(one.key));
      const part = await uploads.putPart(plainPart(upload, 7, Buffer.alloc(one.size, 2)));
      if (one.complete) await uploads.complete({ ...upload, parts: listOf(part) });
      return;
    }
    case 'versioning':
      return store.buckets.change(bucket, { versioning: one.versioning });
    case 'rotate':
      return rotate(made);
  }
}

test('no history of a store leaves anything to tell of', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.integer({ min: 1, max: 90 }),
      async (steps, limit) => {
        await using made = await memoryStore();
        await withAccount(made);
        for (const one of steps) await take(made, one);
        assert.deepEqual(shown(await verified(made, { limit, deep: true })), []);
      },
    ),
    { numRuns: 40 },
  );
});

test('nothing is told falsely of what comes and goes meanwhile', async () => {
  await using made = await diskStore();
  await withAccount(made);
  const { store, rows, blobs } = made;
  const sweeper = new Sweeper({ rows, blobs, clock: () => new Date() });
  await store.buckets.change(bucketName, { versioning: 'enabled' });
  const large = Buffer.alloc(40_000, 3);
  for (let index = 0; index < 60; index += 1)
    await store.objects.put(plainPut(`k${index % 20}`, large));
  const rounds = { writes: 0, verifications: 0 };
  const ended = new AbortController();
  const isRunning = (): boolean => !ended.signal.aborted;
  const churn = async (seed: number): Promise<void> => {
    for (let round = seed; isRunning(); round += 3) {
      const name = `k${round % 20}`;
      const { versionId } = await store.objects.put(
        plainPut(name, round % 2 === 0 ? large : 'small'),
      );
      if (versionId !== undefined) {
        await store.objects.delete({ bucket: bucketName, key: name, versionId });
      }
      const upload = await begin(store.uploads, plainUpload(name));
      const part = await store.uploads.putPart(plainPart(upload, 1, large));
      if (round % 3 === 0) await store.uploads.abort(upload);
      else {
        const done = await store.uploads.complete({ ...upload, parts: listOf(part) });
        const { versionId: made } = done;
        if (made !== undefined) {
          await store.objects.delete({ bucket: bucketName, key: name, versionId: made });
        }
      }
      rounds.writes += 1;
      await setImmediate();
    }
  };
  const others = async (): Promise<void> => {
    for (let round = 0; isRunning(); round += 1) {
      await sweeper.emptyTrash(0);
      await store.buckets.create({
        name: 'passing',
        account: '111122223333',
        region: 'r',
        mode: 'modern',
      });
      await store.buckets.setTags('passing', [['a', 'b']]);
      await store.buckets.setTags('passing', undefined);
      await store.buckets.delete('passing');
      if (round % 5 === 0) await rotate(made);
      await setImmediate();
    }
  };
  const working = Promise.all([churn(0), churn(1), churn(2), others()]);
  const told: string[] = [];
  // As many walks as it takes to meet a good many changes, small pages and large.
  for (const limit of [1, 5, 64, 1_000, 3, 200]) {
    const query = { limit, deep: rounds.verifications % 2 === 0 };
    const found = await verified(made, query);
    told.push(...shown(found));
    rounds.verifications += 1;
  }
  ended.abort();
  await working;
  assert.deepEqual(told, []);
  assert.ok(rounds.writes > 10, `${rounds.writes} writes`);
  assert.deepEqual(shown(await verified(made, { deep: true })), []);
});

test('a file that goes between the look at its row and at itself is not told of', async () => {
  await using made = await diskStore();
  await withAccount(made);
  const { store, rows, blobs } = made;
  await store.objects.put(plainPut('a', Buffer.alloc(40_000)));
  await store.objects.put(plainPut('b', Buffer.alloc(40_000)));
  let removals = 0;
  const size = async (id: Uint8Array): Promise<number | undefined> => {
    if (removals === 0) {
      removals += 1;
      for (const key of ['a', 'b']) await store.objects.delete({ bucket: bucketName, key });
      const sweeper = new Sweeper({ rows, blobs, clock: () => new Date() });
      assert.equal(await sweeper.emptyTrash(0), 2);
    }
    return blobs.size(id);
  };
  const read = blobs.read.bind(blobs);
  const watched = {
    ...made,
    blobs: Object.assign(Object.create(blobs) as typeof blobs, { size, read }),
  };
  assert.deepEqual(shown(await verified(watched)), []);
  assert.equal(removals, 1);
});
