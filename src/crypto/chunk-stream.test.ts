import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Defect } from '../base/refusal.ts';
import {
  openAll,
  plainSize,
  sealAll,
  sealedSegmentBytes,
  sealedSize,
  segmentBytes,
  segmentCount,
  segmentNonce,
  segmentsFor,
  setSegmentNonce,
} from './chunk-stream.ts';
import { gcmOpen } from './gcm.ts';
import { SecretKey } from './secret-key.ts';

const damage = { name: 'Fault', kind: 'damaged', message: 'the sealed bytes do not open' };
/** Sizes near the edges of segments, and any other. */
const sizes = fc.oneof(
  fc.nat({ max: 3 * segmentBytes }),
  fc
    .record({ segments: fc.nat({ max: 5 }), off: fc.integer({ min: -2, max: 2 }) })
    .map(({ segments, off }) => Math.max(0, segments * segmentBytes + off)),
  fc.maxSafeNat().map((size) => Math.floor(size / 4)),
);

test('the size law: n + 16 · max(1, ⌈n / 65536⌉), and its inverse', () => {
  assert.deepEqual(
    [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073].map(sealedSize),
    [16, 17, 65_551, 65_552, 65_569, 131_104, 131_121],
  );
  fc.assert(fc.property(sizes, (size) => assert.equal(plainSize(sealedSize(size)), size)));
});

test('a sealed length that no plaintext has is damage', () => {
  const possible = new Set(
    Array.from({ length: 2 * segmentBytes + 100 }, (_, size) => sealedSize(size)),
  );
  const around = [0, 15, 65_552, 65_568, 131_104, 131_120, 131_121];
  for (const near of around) {
    for (let sealed = Math.max(0, near - 20); sealed < near + 20; sealed++) {
      if (sealed > sealedSize(2 * segmentBytes + 90)) continue;
      if (possible.has(sealed)) assert.equal(sealedSize(plainSize(sealed)), sealed);
      else assert.throws(() => plainSize(sealed), damage, `${sealed}`);
    }
  }
});

test('a range becomes the fewest segments that hold it', () => {
  const ranges = sizes
    .filter((size) => size > 0)
    .chain((size) =>
      fc
        .tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 }))
        .map(([a, b]) => ({ size, start: Math.min(a, b), end: Math.max(a, b) + 1 })),
    );
  fc.assert(
    fc.property(ranges, ({ size, start, end }) => {
      const span = segmentsFor({ start, end }, size);
      const last = span.firstSegment + span.segments - 1;
      assert.equal(span.firstSegment, Math.floor(start / segmentBytes));
      assert.equal(last, Math.floor((end - 1) / segmentBytes));
      assert.equal(span.skip, start % segmentBytes);
      assert.equal(span.length, end - start);
      assert.equal(span.sealed.start, span.firstSegment * sealedSegmentBytes);
      const whole = last === segmentCount(size) - 1;
      assert.equal(span.sealed.end, whole ? sealedSize(size) : (last + 1) * sealedSegmentBytes);
    }),
  );
  assert.deepEqual(segmentsFor({ start: 0, end: 0 }, 0), {
    sealed: { start: 0, end: 16 },
    firstSegment: 0,
    segments: 1,
    skip: 0,
    length: 0,
  });
});

test('a range outside the stream, or empty, is a defect of the caller', () => {
  for (const [start, end, size] of [
    [0, 0, 1],
    [1, 1, 1],
    [0, 2, 1],
    [-1, 1, 1],
    [2, 1, 3],
    [0, 1, 0],
    [0.5, 1, 2],
    [Number.NaN, 1, 2],
  ] as const) {
    assert.throws(() => segmentsFor({ start, end }, size), Defect, `${start} ${end} ${size}`);
  }
});

test('the nonce is an 11-byte big-endian counter and the last-segment flag', () => {
  const nonce = segmentNonce();
  setSegmentNonce(nonce, 0, false);
  assert.equal(nonce.toString('hex'), '000000000000000000000000');
  setSegmentNonce(nonce, 0x01_02_03_04_05_06, true);
  assert.equal(nonce.toString('hex'), '000000000001020304050601');
  setSegmentNonce(nonce, 258, false);
  assert.equal(nonce.toString('hex'), '000000000000000000010200');
});

test('each segment stands alone under its own nonce', () => {
  const bytes = Buffer.alloc(32, 7);
  const key = SecretKey.from(bytes);
  const aad = Buffer.from('aad');
  const plaintext = Buffer.alloc(2 * segmentBytes + 5, 'segment');
  const sealed = sealAll(key, aad, plaintext);
  assert.equal(sealed.length, sealedSize(plaintext.length));
  const nonces = [
    '000000000000000000000000',
    '000000000000000000000100',
    '000000000000000000000201',
  ];
  nonces.forEach((nonce, index) => {
    const segment = sealed.subarray(index * sealedSegmentBytes, (index + 1) * sealedSegmentBytes);
    assert.deepEqual(
      gcmOpen({ key: bytes, nonce: Buffer.from(nonce, 'hex'), aad }, segment),
      plaintext.subarray(index * segmentBytes, (index + 1) * segmentBytes),
    );
  });
});

test('the one-shot form: what is sealed opens; any flipped bit or cut is damage', () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .constantFrom(0, 1, segmentBytes - 1, segmentBytes, segmentBytes + 1, 2 * segmentBytes)
      .map((size) => new Uint8Array(size).fill(size)),
  );
  const aads = fc.uint8Array({ minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(body, aads, fc.nat(), (plaintext, aad, where) => {
      const key = SecretKey.generate();
      const sealed = sealAll(key, aad, plaintext);
      assert.ok(openAll(key, aad, sealed).equals(plaintext));
      for (const bytes of [sealed, aad]) {
        const bit = where % (8 * bytes.length);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.throws(() => openAll(key, aad, sealed), damage);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      }
      assert.throws(() => openAll(key, aad, sealed.subarray(0, where % sealed.length)), damage);
      assert.throws(() => openAll(key, aad, Buffer.concat([sealed, sealed])), damage);
      assert.throws(() => openAll(SecretKey.generate(), aad, sealed), damage);
    }),
    { numRuns: 60 },
  );
});
