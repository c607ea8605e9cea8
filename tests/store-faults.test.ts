/**
 * A fault in any call of either engine leaves nothing visible and nothing half-written; after an
 * outcome that is not known, nothing is deleted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, type FaultKind } from '../src/base/refusal.ts';
import type { Store } from '../src/store/store.ts';
import { FailingEngines } from './failing-engines.ts';
import { bucketName, memoryStore, plainPut, readObject } from './store-fixture.ts';
import { assertWhole } from './whole-store.ts';

const small = 'small';
const large = Buffer.alloc(200_000, 'x');
const before = Buffer.alloc(100_000, 'b');
const key = 'key';
const copyOf = { bucket: bucketName, key: 'source' };

const operations: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'put of a small object': (store) => store.objects.put(plainPut(key, small)),
  'put of a large object': (store) => store.objects.put(plainPut(key, large)),
  copy: (store) => store.objects.copy({ source: copyOf, bucket: bucketName, key, sse: undefined }),
  delete: (store) => store.objects.delete({ bucket: bucketName, key }),
  tags: (store) => store.objects.setTags({ bucket: bucketName, key, tags: [['a', 'b']] }),
  policy: (store) => store.buckets.setPolicy(bucketName, { text: '{}', isPublic: false }),
  'change of a bucket': (store) => store.buckets.change(bucketName, { versioning: 'enabled' }),
  'creation of a bucket': (store) =>
    store.buckets.create({
      name: 'another',
      account: '1',
      region: 'us-east-1',
      mode: 'classic',
      tags: [['a', 'b']],
    }),
};

async function armedStore() {
  const engines = new FailingEngines();
  const opened = await memoryStore({ wrap: (inner) => engines.wrap(inner) });
  await opened.store.objects.put(plainPut(key, before));
  await opened.store.objects.put(plainPut('source', large));
  return { engines, opened };
}

/** What a client can see. */
async function seen(store: Store) {
  using view = store.view();
  const bucket = await store.buckets.get(view, bucketName);
  const policy = await store.buckets.policy(view, bucketName);
  const another = await store.buckets.find(view, 'another');
  const object = await readObject(store, key).catch((error: unknown) => {
    assert.ok(error instanceof Error && 'code' in error && error.code === 'NoSuchKey');
    return undefined;
  });
  const { tags } =
    object === undefined
      ? { tags: [] }
      : await store.objects.tags(view, { bucket: bucketName, key });
  return { versioning: bucket.versioning, policy, another: another !== undefined, object, tags };
}

for (const [name, operate] of Object.entries(operations)) {
  test(`${name}: a fault in any call changes nothing`, async () => {
    for (let after = 0; ; after++) {
      const { engines, opened } = await armedStore();
      await using _ = opened;
      const unchanged = await seen(opened.store);
      engines.arm({ after, kind: 'unavailable', when: 'before' });
      const error: unknown = await operate(opened.store).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      engines.disarm();
      if (!engines.struck) {
        assert.equal(error, undefined);
        assert.ok(after > 2, 'the operation made calls that could fail');
        break;
      }
      // A fault while rubbish is removed is the sweeper's business, not the client's.
      if (error !== undefined) {
        assert.ok(error instanceof Fault && error.kind === 'unavailable', `call ${after}`);
        assert.deepEqual(await seen(opened.store), unchanged, `call ${after}`);
      }
      const { orphans } = await assertWhole(opened);
      const trash = name === 'delete' ? 1 : 0;
      assert.ok(orphans.size <= trash, `call ${after} left a blob file behind`);
    }
  });
}

for (const when of ['before', 'after'] as const) {
  test(`an unknown end, the commit made ${when === 'after' ? '' : 'not '}, deletes nothing`, async () => {
    for (let after = 0; ; after++) {
      const { engines, opened } = await armedStore();
      await using _ = opened;
      engines.arm({ after, kind: 'unknown' satisfies FaultKind, when });
      const error: unknown = await opened.store.objects.put(plainPut(key, large)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      engines.disarm();
      if (!engines.struck) break;
      assert.ok(error instanceof Fault && error.kind === 'unknown', `call ${after}`);
      const object = await readObject(opened.store, key);
      assert.ok(object.equals(before) || (when === 'after' && object.equals(large)));
      await assertWhole(opened);
      // The store goes on, and what it writes now is whole as well.
      await opened.store.objects.put(plainPut(key, small));
      assert.equal((await readObject(opened.store, key)).toString(), small);
      await assertWhole(opened);
    }
  });
}

test('a body that fails midway leaves nothing', async () => {
  const { opened } = await armedStore();
  await using _ = opened;
  async function* broken(pieces: number) {
    for (let piece = 0; piece < pieces; piece++) yield Buffer.alloc(10_000, 'p');
    throw new Error('the client went away');
  }
  for (const pieces of [0, 1, 2, 7, 30]) {
    const put = opened.store.objects.put({ ...plainPut(key), body: broken(pieces) });
    await assert.rejects(put, /the client went away/);
    assert.ok((await readObject(opened.store, key)).equals(before));
    const { orphans } = await assertWhole(opened);
    assert.equal(orphans.size, 0);
  }
});

test('a bad digest, a wrong length, a failed condition leave nothing', async () => {
  const { opened } = await armedStore();
  await using _ = opened;
  const md5 = Buffer.alloc(16);
  for (const body of [small, large]) {
    const put = plainPut(key, body);
    const checksum = { algorithm: 'SHA256', value: () => 'wrong' } as const;
    const attempts = [
      [{ ...put, digests: { md5 } }, 'BadDigest'],
      [{ ...plainPut(key, body), digests: { checksum } }, 'BadDigest'],
      [{ ...plainPut(key, body), length: 3 }, 'IncompleteBody'],
      [{ ...plainPut(key, body), conditions: { ifNoneMatch: '*' } }, 'PreconditionFailed'],
      [{ ...plainPut(key, body), conditions: { ifMatch: 'other' } }, 'PreconditionFailed'],
      [{ ...plainPut('new', body), conditions: { ifMatch: '*' } }, 'NoSuchKey'],
      [{ ...plainPut(key, body), bucket: 'nowhere' }, 'NoSuchBucket'],
    ] as const;
    for (const [input, code] of attempts) {
      await assert.rejects(opened.store.objects.put(input), { code });
      assert.ok((await readObject(opened.store, key)).equals(before));
      const { orphans } = await assertWhole(opened);
      assert.equal(orphans.size, 0, code);
    }
  }
});
