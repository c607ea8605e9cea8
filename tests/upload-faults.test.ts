/**
 * A fault in any call of either engine while parts are stored, copied, completed or aborted leaves
 * nothing visible and nothing half-written; after an outcome that is not known, nothing is deleted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../src/base/refusal.ts';
import type { UploadName, UploadedPart, Uploads } from '../src/store/uploads.ts';
import { FailingEngines } from './failing-engines.ts';
import {
  type TestStore,
  bucketName,
  diskStore,
  memoryStore,
  plainPut,
  readObject,
} from './store-fixture.ts';
import { begin, listOf, plainPart, plainUpload, uploadsOf } from './upload-fixture.ts';
import { assertWhole } from './whole-store.ts';

const key = 'key';
const before = Buffer.alloc(30_000, 'b');
const large = Buffer.alloc(100_000, 'l');

interface Armed {
  readonly engines: FailingEngines;
  readonly opened: TestStore;
  readonly uploads: Uploads;
  readonly name: UploadName;
  readonly parts: readonly UploadedPart[];
}

/** An object, and an upload of two parts that will take its place. */
async function armedStore(openStore = memoryStore): Promise<Armed> {
  const engines = new FailingEngines();
  const opened = await openStore({ wrap: (inner) => engines.wrap(inner) });
  const uploads = uploadsOf(opened);
  await opened.store.objects.put(plainPut(key, before));
  await opened.store.objects.put(plainPut('source', large));
  const name = await begin(uploads, plainUpload(key));
  const parts = [
    await uploads.putPart(plainPart(name, 1, Buffer.alloc(20_000, '1'))),
    await uploads.putPart(plainPart(name, 2, Buffer.alloc(40_000, '2'))),
  ];
  return { engines, opened, uploads, name, parts };
}

const source = { bucket: bucketName, key: 'source' };

type Operate = (armed: Armed) => Promise<unknown>;

const operations: Readonly<Record<string, Operate>> = {
  'the beginning of an upload': ({ uploads }) => uploads.create(plainUpload(key)),
  'a new small part': ({ uploads, name }) => uploads.putPart(plainPart(name, 3, 'small')),
  'a new large part': ({ uploads, name }) => uploads.putPart(plainPart(name, 3, large)),
  'a part in the place of another': ({ uploads, name }) =>
    uploads.putPart(plainPart(name, 2, large)),
  'a copied part': ({ uploads, name }) =>
    uploads.copyPart({ ...name, number: 2, source, range: { start: 9, end: 70_000 } }),
  'a completion': ({ uploads, name, parts }) =>
    uploads.complete({ ...name, parts: listOf(...parts.slice(1)) }),
  'an abort': ({ uploads, name }) => uploads.abort(name),
};

/** What a client can see. */
async function seen({ opened: { store, rows }, uploads, name }: Armed) {
  const object = await readObject(store, key);
  using view = rows.view();
  const there = await uploads.listParts(view, { ...name, marker: 0, limit: 10 }).then(
    ({ parts }) => parts.map(({ number, etag }) => ({ number, etag })),
    (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'NoSuchUpload');
      return undefined;
    },
  );
  return { object, parts: there };
}

/** Runs it with the failure armed; gives what it rejected with, if it did. */
async function strike(armed: Armed, operate: Operate) {
  const error: unknown = await operate(armed).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  armed.engines.disarm();
  return error;
}

/** Every call in turn fails before it did anything. */
async function faultChangesNothing(operate: Operate, openStore: typeof memoryStore) {
  for (let after = 0; ; after++) {
    const armed = await armedStore(openStore);
    const { engines, opened } = armed;
    await using _ = opened;
    const unchanged = await seen(armed);
    engines.arm({ after, kind: 'unavailable', when: 'before' });
    const error = await strike(armed, operate);
    if (!engines.struck) {
      assert.equal(error, undefined);
      assert.ok(after > 1, 'the operation made calls that could fail');
      return;
    }
    if (error !== undefined) {
      assert.ok(error instanceof Fault && error.kind === 'unavailable', `call ${after}`);
      assert.deepEqual(await seen(armed), unchanged, `call ${after}`);
      const { orphans } = await assertWhole(opened);
      assert.equal(orphans.size, 0, `call ${after} left a blob file behind`);
    }
    await assertWhole(opened);
  }
}

/** Every call in turn ends unknown, its work done or not. */
async function unknownDeletesNothing(operate: Operate, when: 'before' | 'after') {
  for (let after = 0; ; after++) {
    const armed = await armedStore();
    const { engines, opened, uploads } = armed;
    await using _ = opened;
    const unchanged = await seen(armed);
    engines.arm({ after, kind: 'unknown', when });
    const error = await strike(armed, operate);
    if (!engines.struck) return;
    assert.ok(error instanceof Fault && error.kind === 'unknown', `call ${after}`);
    if (when === 'before') assert.deepEqual(await seen(armed), unchanged);
    await assertWhole(opened);
    // The client tries again, and the store goes on.
    const again = await strike(armed, operate);
    const gone = again instanceof Error && 'code' in again && again.code === 'NoSuchUpload';
    assert.ok(again === undefined || (gone && operate === operations['an abort']));
    await assertWhole(opened);
    const next = await begin(uploads, plainUpload(key));
    const part = await uploads.putPart(plainPart(next, 1, 'next'));
    await uploads.complete({ ...next, parts: listOf(part) });
    assert.equal((await readObject(opened.store, key)).toString(), 'next');
  }
}

for (const [name, operate] of Object.entries(operations)) {
  test(`${name}: a fault in any call changes nothing`, async () => {
    await faultChangesNothing(operate, memoryStore);
  });
  for (const when of ['before', 'after'] as const) {
    const made = when === 'after' ? '' : 'not ';
    test(`${name}: an unknown end, the commit ${made}made, deletes nothing`, async () => {
      await unknownDeletesNothing(operate, when);
    });
  }
}

for (const name of ['a part in the place of another', 'a completion']) {
  test(`${name}, on LMDB and files: a fault in any call changes nothing`, async () => {
    const operate = operations[name];
    assert.ok(operate);
    await faultChangesNothing(operate, diskStore);
  });
}

test('a part whose body fails midway leaves nothing', async () => {
  const armed = await armedStore();
  const { opened, uploads, name } = armed;
  await using _ = opened;
  const unchanged = await seen(armed);
  async function* broken(pieces: number) {
    for (let piece = 0; piece < pieces; piece++) yield Buffer.alloc(10_000, 'p');
    throw new Error('the client went away');
  }
  for (const pieces of [0, 1, 2, 7, 30]) {
    for (const algorithm of [undefined, 'SHA1'] as const) {
      const digests = algorithm && { checksum: { algorithm, value: () => undefined } };
      const body = broken(pieces);
      const part = { ...plainPart(name, 2), body, digests: digests ?? {} };
      await assert.rejects(uploads.putPart(part), /the client went away/);
      assert.deepEqual(await seen(armed), unchanged);
      assert.equal((await assertWhole(opened)).orphans.size, 0);
    }
  }
});
