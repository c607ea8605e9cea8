/**
 * Any parts, uploaded in any order, some of them again, some of them never listed, are one object:
 * the listed parts behind each other. Any range of it reads as the slice does, across parts too.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ChecksumAlgorithm, ChecksumType } from '../../src/store/checksums.ts';
import { checksumOf } from '../../src/store/checksums/digests.ts';
import type { UploadedPart } from '../../src/store/uploads.ts';
import { bucketName, diskStore, memoryStore, readObject } from '../store-fixture.ts';
import {
  begin,
  etagOfParts,
  partBytes,
  plainPart,
  plainUpload,
  uploadsOf,
} from '../upload-fixture.ts';
import { assertWhole } from '../whole-store.ts';

const kind: fc.Arbitrary<readonly [ChecksumAlgorithm, ChecksumType] | undefined> = fc.constantFrom(
  undefined,
  ['CRC32', 'COMPOSITE'],
  ['CRC32', 'FULL_OBJECT'],
  ['CRC32C', 'FULL_OBJECT'],
  ['SHA1', 'COMPOSITE'],
  ['SHA256', 'COMPOSITE'],
);

/** Around the borders of inline, segment and file. */
const smallSize = fc.oneof(
  fc.nat({ max: 3 }),
  fc.integer({ min: 16_382, max: 16_387 }),
  fc.integer({ min: 65_534, max: 65_538 }),
  fc.nat({ max: 200_000 }),
);
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

const plan = fc.record({
  kind,
  /** Bytes of parts that are not the last beyond the least they must have. */
  beyond: fc.array(fc.nat({ max: 70_000 }), { maxLength: 2 }),
  last: smallSize,
  /** Part bodies that are replaced or not listed. */
  others: fc.array(fc.record({ number: fc.nat({ max: 5 }), size: smallSize }), { maxLength: 4 }),
  order: fc.array(fraction, { minLength: 3, maxLength: 3 }),
  ranges: fc.array(fc.tuple(fraction, fraction), { minLength: 1, maxLength: 4 }),
  /** How far a range begins before and ends behind a border between two parts. */
  around: fc.tuple(fc.nat({ max: 66_000 }), fc.nat({ max: 66_000 })),
});

/** Bytes that differ by place and part, quickly made. */
function bytesOf(length: number, seed: number): Buffer {
  const tile = Buffer.alloc(65_521);
  for (let at = 0; at < tile.length; at++) tile[at] = (at * 31 + (at >>> 8) + seed) & 0xff;
  return Buffer.alloc(length, tile);
}

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

async function tryPlan(opened: Awaited<ReturnType<typeof memoryStore>>, made: Plan) {
  const { store } = opened;
  const uploads = uploadsOf(opened);
  const checksum = made.kind && { algorithm: made.kind[0], type: made.kind[1] };
  const name = await begin(uploads, plainUpload('key', checksum ? { checksum } : {}));
  const put = (number: number, body: Buffer): Promise<UploadedPart> => {
    const declared = made.kind && {
      algorithm: made.kind[0],
      value: () => checksumOf(body, made.kind?.[0] ?? 'CRC32').toString('base64'),
    };
    const digests = declared ? { checksum: declared } : {};
    const at = Math.floor(body.length / 3);
    const pieces = [body.subarray(0, at), body.subarray(at)];
    return uploads.putPart({ ...plainPart(name, number, ...pieces), digests });
  };
  for (const { number, size } of made.others) await put(number + 1, bytesOf(size, 77));
  const sizes = [...made.beyond.map((more) => partBytes + more), made.last];
  const bodies = sizes.map((size, index) => bytesOf(size, index));
  const order = bodies.map((_, index) => index);
  order.sort((a, b) => (made.order[a] ?? 0) - (made.order[b] ?? 0));
  const stored: UploadedPart[] = [];
  for (const index of order) {
    stored[index] = await put(index + 1, bodies[index] ?? Buffer.alloc(0));
  }
  const parts = stored.map(({ number, etag, checksums }) => ({ number, etag, checksums }));
  const whole = Buffer.concat(bodies);
  const written = await uploads.complete({ ...name, parts, size: whole.length });
  assert.equal(written.etag, etagOfParts(...bodies));
  assert.equal(written.size, whole.length);
  assert.ok((await readObject(store, 'key')).equals(whole));
  for (const range of rangesOf(made, sizes)) {
    const read = await readObject(store, 'key', { range });
    assert.ok(read.equals(whole.subarray(range.start, range.end)), JSON.stringify(range));
  }
  using view = store.view();
  const object = await store.objects.open(view, { bucket: bucketName, key: 'key' });
  assert.equal(object.version.partsCount, bodies.length);
  let start = 0;
  for (const [index, size] of sizes.entries()) {
    assert.deepEqual(await object.part(index + 1), { start, end: start + size });
    start += size;
  }
}

function rangesOf({ ranges, around }: Plan, sizes: readonly number[]) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const random = ranges.map((range) => {
    const [start = 0, end = 0] = range
      .map((at) => Math.floor(at * total))
      .toSorted((a, b) => a - b);
    return { start, end };
  });
  let border = 0;
  const atBorders = sizes.map((size) => {
    border += size;
    return { start: Math.max(0, border - around[0]), end: Math.min(total, border + around[1]) };
  });
  return [...random, ...atBorders, { start: total, end: total }];
}

for (const [name, openStore, numRuns] of [
  ['memory', memoryStore, 12],
  ['LMDB and files', diskStore, 6],
] as const) {
  test(`an object of parts is its parts behind each other: ${name}`, async () => {
    await using opened = await openStore();
    const property = fc.asyncProperty(plan, (made) => tryPlan(opened, made));
    await fc.assert(property, { numRuns });
    const { versions, parts } = await assertWhole(opened);
    assert.deepEqual([versions, parts], [1, 0]);
  });
}
