import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  type PlainRange,
  openAll,
  sealAll,
  sealedSegmentBytes,
  sealedSize,
  segmentBytes,
  segmentsFor,
} from './chunk-stream.ts';
import { openSegments } from './open-segments.ts';
import { sealSegments, segmentsPerBatch } from './seal-segments.ts';
import { SecretKey } from './secret-key.ts';

const damage = { name: 'Fault', kind: 'damaged', message: 'the sealed bytes do not open' };
const key = SecretKey.generate();
const aad = Buffer.from('where this stream belongs');
const random = randomFillSync(Buffer.alloc(7 * segmentBytes));

/** Copies of `bytes`, cut at `cuts`, given asynchronously; some cuts make empty chunks. */
async function* cutAt(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, bytes.length]) {
    yield Buffer.from(bytes.subarray(from, place));
    from = place;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

const sizes = fc.oneof(
  fc.constantFrom(0, 1, segmentBytes - 1, segmentBytes, segmentBytes + 1),
  fc.constantFrom(4 * segmentBytes, 4 * segmentBytes + 1, 5 * segmentBytes - 1, 6 * segmentBytes),
  fc.nat({ max: 6 * segmentBytes }),
);
const cuts = fc.array(fc.nat({ max: 7 * sealedSegmentBytes }), { maxLength: 12 });
const bodies = sizes.chain((size) =>
  fc.record({
    body: fc.nat({ max: segmentBytes }).map((from) => random.subarray(from, from + size)),
    a: fc.nat({ max: size }),
    b: fc.nat({ max: size }),
    cuts,
    sealedCuts: cuts,
  }),
);

test('any body, any split, any range: read equals slice', async () => {
  await fc.assert(
    fc.asyncProperty(bodies, async ({ body, a, b, cuts: places, sealedCuts }) => {
      const sealed = await collect(sealSegments(key, aad, cutAt(body, places)));
      assert.equal(sealed.length, sealedSize(body.length));
      assert.ok(openAll(key, aad, sealed).equals(body));
      const start = Math.min(a, b, Math.max(0, body.length - 1));
      const range = { start, end: Math.min(body.length, Math.max(a, b, start + 1)) };
      const span = segmentsFor(range, body.length).sealed;
      const read = cutAt(sealed.subarray(span.start, span.end), sealedCuts);
      const opened = await collect(openSegments(key, aad, { plainSize: body.length, range }, read));
      assert.ok(opened.equals(body.subarray(range.start, range.end)));
    }),
    { numRuns: 150 },
  );
});

test('batches hold four segments, a short stream only what it needs', async () => {
  const lengths = async (size: number): Promise<number[]> => {
    const found: number[] = [];
    for await (const chunk of sealSegments(key, aad, [random.subarray(0, size)])) {
      found.push(chunk.length);
      assert.ok(chunk.buffer.byteLength <= segmentsPerBatch * sealedSegmentBytes);
      if (size < segmentBytes) assert.ok(chunk.buffer.byteLength <= Math.max(8192, size + 16));
    }
    return found;
  };
  assert.deepEqual(await lengths(0), [16]);
  assert.deepEqual(await lengths(20_000), [20_016]);
  assert.deepEqual(await lengths(4 * segmentBytes), [4 * sealedSegmentBytes]);
  assert.deepEqual(await lengths(5 * segmentBytes + 3), [4 * sealedSegmentBytes, 65_552 + 19]);
});

const size = 3 * segmentBytes + 100;
const body = random.subarray(0, size);
const sealed = Buffer.from(sealAll(key, aad, body));
const segment = (index: number): Buffer =>
  sealed.subarray(index * sealedSegmentBytes, (index + 1) * sealedSegmentBytes);

/** Opens changed bytes; gives what was released before the failure. */
async function released(
  bytes: Uint8Array,
  options: { plainSize?: number; range?: PlainRange; key?: SecretKey; aad?: Uint8Array } = {},
): Promise<Buffer> {
  const out: Buffer[] = [];
  const read = async (): Promise<void> => {
    const range = options.range === undefined ? {} : { range: options.range };
    const where = { plainSize: options.plainSize ?? size, ...range };
    const opened = openSegments(options.key ?? key, options.aad ?? aad, where, [bytes]);
    for await (const piece of opened) out.push(piece);
  };
  await assert.rejects(read, damage);
  return Buffer.concat(out);
}

test('truncated, extended, reordered and swapped segments are damage; only true bytes come out', async () => {
  const other = Buffer.from(sealAll(SecretKey.generate(), aad, body));
  const cases = {
    'cut in the last segment': sealed.subarray(0, sealed.length - 1),
    'last segment gone': sealed.subarray(0, 3 * sealedSegmentBytes),
    'nothing at all': Buffer.alloc(0),
    'one byte behind': Buffer.concat([sealed, Buffer.alloc(1)]),
    'a segment behind': Buffer.concat([sealed, segment(0)]),
    'a segment twice': Buffer.concat([segment(0), segment(0), segment(2), segment(3)]),
    reordered: Buffer.concat([segment(0), segment(2), segment(1), segment(3)]),
    'a segment of another key': Buffer.concat([
      segment(0),
      other.subarray(sealedSegmentBytes, 2 * sealedSegmentBytes),
      segment(2),
      segment(3),
    ]),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    const out = await released(bytes);
    assert.ok(out.equals(body.subarray(0, out.length)), name);
    assert.ok(out.length < size, `${name}: a failed read must come out short`);
  }
});

test('another size, key or place is damage', async () => {
  const first = sealed.subarray(0, 3 * sealedSegmentBytes);
  assert.ok((await released(first, { plainSize: 3 * segmentBytes })).length <= 2 * segmentBytes);
  await released(sealed, { plainSize: size + 1 });
  await released(sealed, { plainSize: size - 1 });
  await released(sealed, { key: SecretKey.generate() });
  await released(sealed, { aad: Buffer.from('elsewhere') });
  await released(segment(1), { range: { start: 2 * segmentBytes, end: 2 * segmentBytes + 1 } });
});

test('a flipped bit anywhere releases no byte of its segment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 8 * sealed.length - 1 }), async (bit) => {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const out = await released(changed);
      assert.equal(out.length, Math.floor((bit >> 3) / sealedSegmentBytes) * segmentBytes);
      assert.ok(out.equals(body.subarray(0, out.length)));
    }),
    { numRuns: 60 },
  );
});

test('failing and abandoned sources are passed on and closed', async () => {
  let closed = 0;
  async function* failing(fails: boolean): AsyncGenerator<Uint8Array> {
    try {
      yield body;
      if (fails) throw new Error('the client went away');
      yield body;
    } finally {
      closed += 1;
    }
  }
  await assert.rejects(collect(sealSegments(key, aad, failing(true))), /client went away/);
  for await (const chunk of sealSegments(key, aad, failing(false))) {
    assert.ok(chunk.length > 0);
    break;
  }
  assert.equal(closed, 2);
  async function* stored(): AsyncGenerator<Uint8Array> {
    try {
      yield sealed;
    } finally {
      closed += 1;
    }
  }
  for await (const piece of openSegments(key, aad, { plainSize: size }, stored())) {
    assert.equal(piece.length, segmentBytes);
    break;
  }
  assert.equal(closed, 3);
});
