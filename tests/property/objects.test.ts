/**
 * Whatever is put comes back: any body, cut anywhere, any range of it, on the engines in memory and
 * on LMDB and files.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { checksumOf } from '../../src/store/checksums/digests.ts';
import { bucketName, diskStore, memoryStore, plainPut, readObject } from '../store-fixture.ts';

/** Around every border there is: empty, inline or file, one segment or more. */
const size = fc.oneof(
  fc.nat({ max: 40 }),
  fc.integer({ min: 16_380, max: 16_390 }),
  fc.integer({ min: 65_530, max: 65_545 }),
  fc.integer({ min: 131_070, max: 131_075 }),
  fc.nat({ max: 300_000 }),
);

function bytesOf(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed | 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((at) => Math.floor(at * bytes.length)), bytes.length];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true });

for (const [name, openStore, numRuns] of [
  ['memory', memoryStore, 120],
  ['LMDB and files', diskStore, 40],
] as const) {
  test(`read equals slice: ${name}`, async () => {
    await using opened = await openStore();
    const { store } = opened;
    const property = fc.asyncProperty(
      size,
      fc.integer(),
      fc.array(fraction, { maxLength: 6 }),
      fc.array(fc.tuple(fraction, fraction), { maxLength: 3 }),
      async (length, seed, cuts, ranges) => {
        const bytes = bytesOf(length, seed);
        const written = await store.objects.put(plainPut('key', ...cut(bytes, cuts)));
        assert.equal(written.size, length);
        assert.equal(written.etag, createHash('md5').update(bytes).digest('hex'));
        const crc = checksumOf(bytes, 'CRC64NVME').toString('base64');
        assert.deepEqual(written.checksum, {
          algorithm: 'CRC64NVME',
          type: 'FULL_OBJECT',
          value: crc,
        });
        assert.ok((await readObject(store, 'key')).equals(bytes));
        for (const [a, b] of ranges) {
          const [start = 0, end = 0] = [a, b]
            .map((at) => Math.floor(at * length))
            .sort((x, y) => x - y);
          const read = await readObject(store, 'key', { range: { start, end } });
          assert.ok(read.equals(bytes.subarray(start, end)), `${start} to ${end} of ${length}`);
        }
      },
    );
    await fc.assert(property, { numRuns });
    using view = store.view();
    const { inline, version } = await store.objects.open(view, { bucket: bucketName, key: 'key' });
    assert.equal(inline === undefined, version.size > 16 * 1024);
  });
}

test('bodies put and read side by side, their memory freed as it goes, come back as they were', async () => {
  await using opened = await diskStore();
  const { store } = opened;
  const bodies = Array.from({ length: 12 }, (_, index) => bytesOf(900_000 + 7919 * index, index));
  // Chunks as a socket gives them: buffers of their own that lie across segments.
  const cuts = Array.from({ length: 24 }, (_, index) => index / 24);
  for (let round = 0; round < 2; round++) {
    const transfers = bodies.map(async (body, index) => {
      const key = `key ${index}`;
      if (round > 0) assert.ok((await readObject(store, key)).equals(body), key);
      await store.objects.put(plainPut(key, ...cut(body, cuts)));
      assert.ok((await readObject(store, key)).equals(body), key);
      const range = { start: 70_000 + index, end: 600_001 };
      assert.ok(
        (await readObject(store, key, { range })).equals(body.subarray(70_000 + index, 600_001)),
      );
    });
    await Promise.all(transfers);
  }
});
