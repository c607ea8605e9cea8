/**
 * The contract of the blob port (src/engines/blobs.ts) as tests. Every engine's own test file runs
 * this suite with a function that makes a new, empty store.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { Defect, Fault } from '../../src/base/refusal.ts';
import { asSealed, type Sealed } from '../../src/base/sealed.ts';
import type { BlobId, Blobs, ByteRange } from '../../src/engines/blobs.ts';

/** A store under test, and what has to be cleared away after it. */
export interface OpenedBlobs extends AsyncDisposable {
  readonly blobs: Blobs;
}

export type OpenBlobs = () => Promise<OpenedBlobs>;

/** Copies of `bytes` as a body, cut at the given places: what is given to an engine is its own. */
export function* cut(bytes: Uint8Array, places: readonly number[] = []): Generator<Sealed> {
  let start = 0;
  for (const end of [...places].sort((a, b) => a - b)) {
    yield asSealed(Buffer.from(bytes.subarray(start, end)));
    start = end;
  }
  yield asSealed(Buffer.from(bytes.subarray(start)));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function readAll(blobs: Blobs, id: BlobId, range: ByteRange): Promise<Buffer> {
  return Buffer.concat(await collect(blobs.read(id, range)));
}

/** Differs at every place, so that a shifted or repeated piece shows. */
function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + (at >> 8) * 7 + (at >> 16)) & 0xff;
  return bytes;
}

const isDamage = (error: unknown): boolean => error instanceof Fault && error.kind === 'damaged';

const hexOf = async (ids: AsyncIterable<BlobId>): Promise<string[]> =>
  (await collect(ids)).map((id) => Buffer.from(id).toString('hex')).sort();

export function blobsContract(engine: string, open: OpenBlobs): void {
  describe(`blobs contract: ${engine}`, () => {
    writeContract(open);
    readContract(open);
    listContract(open);
  });
}

function writeContract(open: OpenBlobs): void {
  test('any body in any split is read back, whole and by any range', async () => {
    await using opened = await open();
    const { blobs } = opened;
    const bytes = pattern(40_000);
    const place = fc.nat(bytes.length);
    await fc.assert(
      fc.asyncProperty(place, fc.array(place, { maxLength: 9 }), place, place, async (...drawn) => {
        const [length, places, a, b] = drawn;
        const body = bytes.subarray(0, length);
        const id = randomBytes(16);
        const split = places.map((at) => Math.min(at, length));
        assert.equal(await blobs.write(id, cut(body, split)), length);
        assert.equal(await blobs.size(id), length);
        const [start, end] = [Math.min(a, b, length), Math.min(Math.max(a, b), length)];
        if (end > start) {
          const read = await readAll(blobs, id, { start, end });
          assert.equal(Buffer.compare(read, body.subarray(start, end)), 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a body of many mebibytes, in large chunks and in small, is read back', async () => {
    await using opened = await open();
    const { blobs } = opened;
    const bytes = pattern(5 * 1024 * 1024 + 77);
    const large = randomBytes(16);
    await blobs.write(large, cut(bytes));
    const small = randomBytes(16);
    const places = Array.from({ length: 5000 }, (_, index) => index * 1000 + (index % 7));
    await blobs.write(
      small,
      (async function* () {
        yield* cut(bytes, places);
      })(),
    );
    for (const id of [large, small]) {
      const ranges = [
        { start: 0, end: bytes.length },
        { start: 1_048_575, end: 1_048_577 },
        { start: 524_288, end: 2_000_001 },
        { start: bytes.length - 1, end: bytes.length },
      ];
      for (const range of ranges) {
        const wanted = bytes.subarray(range.start, range.end);
        assert.equal(Buffer.compare(await readAll(blobs, id, range), wanted), 0);
      }
    }
  });

  test('an empty body is a blob of no bytes', async () => {
    await using opened = await open();
    const id = randomBytes(16);
    assert.equal(await opened.blobs.write(id, []), 0);
    assert.equal(await opened.blobs.size(id), 0);
  });

  test('an existing id is a Defect, and the existing bytes stay', async () => {
    await using opened = await open();
    const { blobs } = opened;
    const id = randomBytes(16);
    await blobs.write(id, cut(Buffer.from('first')));
    await assert.rejects(blobs.write(id, cut(Buffer.from('second, longer'))), Defect);
    assert.equal((await readAll(blobs, id, { start: 0, end: 5 })).toString(), 'first');
    assert.equal(await blobs.size(id), 5);
  });

  test('of two writes of one id at once, one is a Defect', async () => {
    await using opened = await open();
    const id = randomBytes(16);
    const writes = ['first', 'other'].map((text) => opened.blobs.write(id, cut(Buffer.from(text))));
    const outcomes = await Promise.allSettled(writes);
    const [rejected] = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.ok(rejected?.reason instanceof Defect);
    assert.equal(await opened.blobs.size(id), 5);
  });

  test('a body that fails passes its error on and leaves nothing', async () => {
    await using opened = await open();
    const { blobs } = opened;
    const id = randomBytes(16);
    const failure = new Error('the client went away');
    async function* failing(): AsyncGenerator<Sealed> {
      yield asSealed(Buffer.alloc(3_000_000, 1));
      throw failure;
    }
    await assert.rejects(blobs.write(id, failing()), (error) => error === failure);
    assert.equal(await blobs.size(id), undefined);
    await blobs.write(id, cut(Buffer.from('again')));
    assert.equal(await blobs.size(id), 5);
  });
}

function readContract(open: OpenBlobs): void {
  test('a blob that is missing or too short is damage', async () => {
    await using opened = await open();
    const { blobs } = opened;
    const id = randomBytes(16);
    await assert.rejects(readAll(blobs, id, { start: 0, end: 1 }), isDamage);
    await blobs.write(id, cut(Buffer.alloc(1000)));
    await assert.rejects(readAll(blobs, id, { start: 0, end: 1001 }), isDamage);
    await assert.rejects(readAll(blobs, id, { start: 5000, end: 5001 }), isDamage);
    assert.throws(() => blobs.read(id, { start: 5, end: 5 }), Defect);
    assert.throws(() => blobs.read(id, { start: -1, end: 5 }), Defect);
  });

  test('each chunk belongs to the reader', async () => {
    await using opened = await open();
    const { blobs } = opened;
    const id = randomBytes(16);
    const bytes = pattern(3_000_000);
    await blobs.write(id, cut(bytes));
    const range = { start: 0, end: bytes.length };
    const kept: Uint8Array[] = [];
    for await (const chunk of blobs.read(id, range)) {
      kept.push(Uint8Array.from(chunk));
      chunk.fill(0);
    }
    assert.equal(Buffer.compare(Buffer.concat(kept), bytes), 0);
    assert.equal(Buffer.compare(await readAll(blobs, id, range), bytes), 0);
  });

  test('an iteration may be left early, or never begun', async () => {
    await using opened = await open();
    const { blobs } = opened;
    const id = randomBytes(16);
    await blobs.write(id, cut(Buffer.alloc(3_000_000)));
    const range = { start: 0, end: 3_000_000 };
    blobs.read(id, range);
    for await (const chunk of blobs.read(id, range)) {
      assert.ok(chunk.length > 0);
      break;
    }
    await blobs.delete(id);
    assert.equal(await blobs.size(id), undefined);
  });
}

function listContract(open: OpenBlobs): void {
  test('list gives every id, listPrefix those that begin so, delete removes', async () => {
    await using opened = await open();
    const { blobs } = opened;
    assert.deepEqual(await hexOf(blobs.list()), []);
    const block = randomBytes(12);
    const ofBlock = Array.from({ length: 20 }, (_, index) =>
      Buffer.concat([block, Buffer.of(0, 0, index >> 2, index * 13)]),
    );
    const others = Array.from({ length: 20 }, () => randomBytes(16));
    for (const id of [...ofBlock, ...others]) await blobs.write(id, cut(id));
    const hex = (ids: readonly Buffer[]): string[] => ids.map((id) => id.toString('hex')).sort();
    assert.deepEqual(await hexOf(blobs.list()), hex([...ofBlock, ...others]));
    assert.deepEqual(await hexOf(blobs.listPrefix(block)), hex(ofBlock));
    const [first = block, second = block] = ofBlock;
    assert.deepEqual(await hexOf(blobs.listPrefix(first)), hex([first]));
    await blobs.delete(first);
    await blobs.delete(first);
    assert.deepEqual(await hexOf(blobs.listPrefix(first)), []);
    assert.deepEqual(await hexOf(blobs.listPrefix(block)), hex(ofBlock.slice(1)));
    assert.equal(await blobs.size(first), undefined);
    assert.equal(await blobs.size(second), 16);
    await assert.rejects(hexOf(blobs.listPrefix(Buffer.of())), Defect);
    await assert.rejects(hexOf(blobs.listPrefix(Buffer.alloc(17))), Defect);
  });

  test('an id of another length is a Defect', async () => {
    await using opened = await open();
    const { blobs } = opened;
    for (const id of [Buffer.alloc(15), Buffer.alloc(17), Buffer.of()]) {
      await assert.rejects(blobs.write(id, []), Defect);
      await assert.rejects(blobs.size(id), Defect);
      await assert.rejects(blobs.delete(id), Defect);
      assert.throws(() => blobs.read(id, { start: 0, end: 1 }), Defect);
    }
  });

  test('free bytes are a number, or unknown', async () => {
    await using opened = await open();
    const free = await opened.blobs.freeBytes();
    assert.ok(free === undefined || free > 0);
  });
}
