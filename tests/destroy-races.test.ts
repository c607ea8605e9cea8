/**
 * Writers that never pause, in two processes, while keys are rotated, re-wrapped and destroyed and a
 * bucket is shredded under them: each write is committed and readable, or refused.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock as clock } from '../src/base/time.ts';
import { removeShredded } from '../src/jobs/remove-shredded.ts';
import { shredBucket } from '../src/jobs/shred-bucket.ts';
import { KeysInForce } from '../src/keys/keys-in-force.ts';
import { bucketContents } from '../src/rows/bucket-contents.ts';
import { openRows } from '../src/rows/rows.ts';
import { createStore } from '../src/store/create-store.ts';
import type { Store } from '../src/store/store.ts';
import { keyringHouse } from './keyring-house.ts';
import { temporaryFolder } from './temporary-folder.ts';

const sizes = [10, 40_000, 5_000];

/** Puts until it is told to stop or refused; what was acknowledged, by key. */
async function write(
  store: Store,
  { bucket, name, until }: { bucket: string; name: string; until: AbortSignal },
): Promise<Map<string, Buffer>> {
  const acknowledged = new Map<string, Buffer>();
  for (let round = 0; !until.aborted; round++) {
    const key = `${name}-${round}`;
    const body = Buffer.alloc(sizes[round % sizes.length] ?? 0, key);
    async function* inTwo() {
      yield Buffer.from(body.subarray(0, body.length / 2));
      await pause(1);
      yield Buffer.from(body.subarray(body.length / 2));
    }
    const input = { bucket, key, facts: {}, length: undefined, digests: {}, sse: undefined };
    const refused = await store.objects.put({ ...input, body: inTwo() }).then(
      () => undefined,
      (error: { readonly code?: string }) => error,
    );
    if (refused !== undefined) {
      assert.equal(refused.code, 'NoSuchBucket');
      assert.equal(bucket, 'doomed');
      return acknowledged;
    }
    acknowledged.set(key, body);
  }
  return acknowledged;
}

test('every write beside them is committed readable or refused', async () => {
  await using folder = await temporaryFolder();
  const late = { take: (): void => undefined };
  await using house = await keyringHouse(`${folder.path}/data`, { hand: () => late.take() });
  const { metadata, blobs, keys } = house.start.store;
  const account = '111122223333';
  for (const name of ['kept', 'doomed']) {
    await house.store.buckets.create({ name, account, region: 'us-east-1', mode: 'modern' });
  }
  // Another process: it gets each keyring a little later.
  const theirs = new KeysInForce(keys.newest);
  const elsewhere = createStore({
    rows: openRows({ metadata, keys: theirs, clock }),
    blobs,
    clock,
  });
  const arrived: Promise<void>[] = [];
  late.take = () => {
    const { newest } = keys;
    arrived.push(pause(3).then(() => theirs.take(newest)));
  };
  const stop = new AbortController();
  const until = stop.signal;
  const writers = [house.store, elsewhere].flatMap((store, index) =>
    ['kept', 'doomed'].map((bucket) => write(store, { bucket, name: `w${index}`, until })),
  );
  const { changes, rows } = house;
  for (let version = 1; version <= 4; version++) {
    await house.rotate();
    await Promise.all(arrived);
    await house.rewrap();
    await house.rewrap();
    if (version === 2) {
      const count = (id: Uint8Array) => bucketContents(metadata, id);
      await shredBucket({ changes, rows, clock, count }, 'doomed');
      await removeShredded({ rows, clock, signal: until }).run();
    }
    await house.destruction.destroy(version);
    await pause(20);
  }
  stop.abort();
  const written = await Promise.all(writers);
  const kept = [written[0], written[2]];
  assert.ok(kept.every((objects) => (objects?.size ?? 0) > 3));
  for (const objects of kept) {
    for (const [key, body] of objects ?? []) {
      for (const store of [house.store, elsewhere]) {
        using view = store.view();
        const opened = await store.objects.open(view, { bucket: 'kept', key });
        const pieces: Uint8Array[] = [];
        for await (const piece of opened.read()) pieces.push(piece);
        assert.ok(Buffer.concat(pieces).equals(body), key);
      }
    }
  }
});
