/** Snapshots end in time, and give their read transactions back. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from '../../base/refusal.ts';
import { openEnvironment } from './environment.ts';
import { openLmdbMetadata } from './metadata.ts';
import { LmdbSnapshot, Snapshots } from './snapshots.ts';

test('a snapshot that outlives its ticks is ended; younger ones are not', async () => {
  const path = await mkdtemp(join(tmpdir(), 'coffer-snapshots-'));
  const store = openEnvironment(path, 2 ** 30);
  const snapshots = new Snapshots(store);
  const old = new LmdbSnapshot(snapshots.open());
  for (let tick = 0; tick < 6; tick += 1) snapshots.tick();
  using young = new LmdbSnapshot(snapshots.open());
  assert.equal(await old.get(Buffer.of(1)), undefined);
  snapshots.tick();
  await assert.rejects(
    old.get(Buffer.of(1)),
    (error) => error instanceof Fault && /outlived/.test(error.message),
  );
  assert.equal(await young.get(Buffer.of(1)), undefined);
  assert.equal(snapshots.size, 1);
  old[Symbol.dispose]();
  snapshots.endAll();
  await assert.rejects(young.get(Buffer.of(1)), Fault);
  await store.close();
  await rm(path, { recursive: true });
});

test('thousands of snapshots, nested and crossed, leave no reader behind', async () => {
  const path = await mkdtemp(join(tmpdir(), 'coffer-snapshots-'));
  const metadata = await openLmdbMetadata({ path, onFailure: () => {} });
  const open: Disposable[] = [];
  for (let round = 0; round < 3000; round += 1) {
    open.push(metadata.snapshot());
    if (round % 100 === 0) {
      await metadata.transact(async (tx) => tx.delete(Buffer.from(`${round}`)));
    }
    if (open.length > 20) open.splice((round * 7) % open.length, 1)[0]?.[Symbol.dispose]();
  }
  assert.equal(metadata.stats().snapshots, open.length);
  for (const snapshot of open) snapshot[Symbol.dispose]();
  const { snapshots, readers } = metadata.stats();
  assert.equal(snapshots, 0);
  assert.ok(readers <= 32, `${readers} readers`);
  await metadata.close();
  await rm(path, { recursive: true });
});
