/** What is removed, and above all what is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketName, memoryStore, type TestStore } from '../../tests/store-fixture.ts';
import { toHex } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import type { Sealed } from '../base/sealed.ts';
import type { Blobs } from '../engines/blobs.ts';
import { createStore } from './create-store.ts';
import { Sweeper, trashGraceMs } from './sweeper.ts';

const big = Buffer.alloc(100_000, 7);

function put({ store }: Pick<TestStore, 'store'>, key: string, body = big) {
  return store.objects.put({
    bucket: bucketName,
    key,
    facts: {},
    body: (async function* () {
      yield Buffer.from(body);
    })(),
    length: body.length,
    digests: {},
    sse: undefined,
  });
}

async function blobIds({ blobs }: TestStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of blobs.list()) ids.push(toHex(id));
  return ids;
}

async function read({ store }: Pick<TestStore, 'store'>, key: string): Promise<Buffer> {
  using view = store.view();
  const opened = await store.objects.open(view, { bucket: bucketName, key });
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a blob outlives its last reference by the grace time, and no longer', async () => {
  let now = 1_795_000_000_000;
  await using house = await memoryStore({ clock: () => new Date(now) });
  const sweeper = new Sweeper({ ...house, clock: () => new Date(now) });
  await put(house, 'a');
  await put(house, 'b');
  await house.store.objects.delete({ bucket: bucketName, key: 'a' });
  now += trashGraceMs - 1;
  assert.equal(await sweeper.emptyTrash(), 0);
  assert.equal((await blobIds(house)).length, 2);
  now += 1;
  assert.equal(await sweeper.emptyTrash(), 1);
  assert.equal((await blobIds(house)).length, 1);
  assert.deepEqual(await read(house, 'b'), big);
  assert.equal(await sweeper.emptyTrash(), 0);
});

test('of a process that is gone, only what never became visible is deleted', async () => {
  await using house = await memoryStore();
  await put(house, 'visible');
  await put(house, 'deleted');
  await house.store.objects.delete({ bucket: bucketName, key: 'deleted' });
  const [first = ''] = await blobIds(house);
  const prefix = first.slice(0, 24);
  const orphan = Buffer.from(`${prefix}0000ffff`, 'hex');
  await house.blobs.write(orphan, [Buffer.from('left by a crash') as unknown as Sealed]);
  const strange = Buffer.alloc(16, 9);
  await house.blobs.write(strange, [Buffer.from('no row explains it') as unknown as Sealed]);
  const sweeper = new Sweeper({ ...house, clock: () => new Date() });
  const gone = await sweeper.reservationHolders();
  assert.equal(gone.size, 1);

  assert.equal(await sweeper.settleReservations(new Set()), 0);
  assert.equal(await sweeper.settleReservations(gone), 1);
  assert.equal(await house.blobs.size(orphan), undefined);
  assert.ok(await house.blobs.size(strange));
  assert.equal((await blobIds(house)).length, 3);
  assert.deepEqual(await read(house, 'visible'), big);
  assert.equal((await sweeper.reservationHolders()).size, 0);
});

test('a commit that comes after its block was taken over is refused', async () => {
  let before: (() => Promise<unknown>) | undefined;
  await using house = await memoryStore({
    wrap: (engines) => ({
      ...engines,
      blobs: new Proxy(engines.blobs, {
        get: (blobs, name: keyof Blobs) =>
          name === 'write'
            ? async (...args: Parameters<Blobs['write']>) => {
                const size = await blobs.write(...args);
                await before?.();
                return size;
              }
            : (blobs[name] as (...args: unknown[]) => unknown).bind(blobs),
      }),
    }),
  });
  const sweeper = new Sweeper({ ...house, clock: () => new Date() });
  before = async () => sweeper.settleReservations(await sweeper.reservationHolders());
  await assert.rejects(
    put(house, 'late'),
    (error) => error instanceof Fault && error.kind === 'unavailable',
  );
  before = undefined;
  const again = createStore({ rows: house.rows, blobs: house.blobs, clock: () => new Date() });
  await put({ store: again }, 'later');
  assert.deepEqual(await read({ store: again }, 'later'), big);
});
