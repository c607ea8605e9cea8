import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Defect } from '../base/refusal.ts';
import { type RowContext, type Scheme, noKeyId, openRow, readHeader, sealRow } from './envelope.ts';
import { SecretKey } from './secret-key.ts';

const damage = { name: 'Fault', kind: 'damaged', message: 'the sealed bytes do not open' };
const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const rows = fc.record({
  kind: fc.nat({ max: 255 }),
  scheme: fc.constantFrom<Scheme>('store', 'bucket', 'manifest', 'twin', 'inline'),
  keyVersion: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  keyId: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  clear: fc.uint8Array({ maxLength: 300 }),
  body: fc.uint8Array({ maxLength: 300 }),
  storeId: id,
  bucketId: fc.option(id, { nil: undefined }),
  rowKey: fc.uint8Array({ minLength: 1, maxLength: 100 }),
});

function open(value: Uint8Array, key: SecretKey, context: RowContext): Buffer {
  return openRow({ value, header: readHeader(value), context }, key);
}

test('rows of every scheme open; a flipped bit of value or context, or another key, is damage', () => {
  fc.assert(
    fc.property(rows, fc.nat(), ({ storeId, bucketId, rowKey, ...row }, where) => {
      const master = row.scheme === 'store' || row.scheme === 'bucket';
      const header = {
        ...row,
        keyVersion: master ? row.keyVersion : 0,
        keyId: master ? row.keyId : noKeyId,
      };
      const body = row.scheme === 'twin' ? new Uint8Array(0) : row.body;
      const context = { storeId, bucketId, rowKey };
      const key = SecretKey.generate();
      const value = sealRow({ ...header, context }, key, body);
      const read = readHeader(value);
      assert.equal(read.kind, row.kind);
      assert.equal(read.scheme, row.scheme);
      assert.equal(read.keyVersion, header.keyVersion);
      assert.deepEqual(Buffer.from(read.keyId), Buffer.from(header.keyId));
      assert.deepEqual(Buffer.from(read.clear), Buffer.from(row.clear));
      assert.deepEqual(open(value, key, context), Buffer.from(body));

      for (const bytes of [value, storeId, rowKey, ...(bucketId ? [bucketId] : [])]) {
        const bit = where % (8 * bytes.length);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.throws(() => open(value, key, context), damage);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      }
      assert.throws(() => open(value, SecretKey.generate(), context), damage);
      assert.throws(() => open(value.subarray(0, where % value.length), key, context), damage);
      assert.throws(() => open(Buffer.concat([value, Buffer.alloc(1)]), key, context), damage);
      const elsewhere = bucketId === undefined ? Buffer.alloc(16, 1) : undefined;
      assert.throws(() => open(value, key, { ...context, bucketId: elsewhere }), damage);
    }),
    { numRuns: 300 },
  );
});

const context = { storeId: Buffer.alloc(16, 1), bucketId: undefined, rowKey: Buffer.from([2]) };
const storeRow = { kind: 2, scheme: 'store', keyVersion: 1, keyId: Buffer.alloc(8, 9) } as const;

test('the layout is FORMAT.md §4, byte for byte', () => {
  const clear = Buffer.from('in clear');
  const value = sealRow({ ...storeRow, clear, context }, SecretKey.generate(), Buffer.from('{}'));
  const front = '0102010000000001090909090909090900000008' + clear.toString('hex');
  assert.equal(Buffer.from(value.subarray(0, 28)).toString('hex'), front);
  assert.equal(value.length, 28 + 24 + 2 + 16);
});

test('impossible headers are damage before any key is used', () => {
  const value = Buffer.from(
    sealRow({ ...storeRow, context }, SecretKey.generate(), Buffer.from('{}')),
  );
  const changes: [at: number, bytes: number[]][] = [
    [0, [2]],
    [2, [0]],
    [2, [6]],
    [2, [255]],
    [2, [3]],
    [3, [1]],
    [4, [0, 0, 0, 0]],
    [16, [0, 0, 0, 200]],
    [16, [255, 255, 255, 255]],
  ];
  for (const [at, bytes] of changes) {
    const changed = Buffer.from(value);
    changed.set(bytes, at);
    assert.throws(() => readHeader(changed), damage, `${at}: ${bytes.join()}`);
  }
  for (let length = 0; length < 20 + 40; length++) {
    assert.throws(() => readHeader(value.subarray(0, length)), damage);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      try {
        assert.ok(readHeader(bytes).clear.length <= bytes.length);
      } catch (error) {
        assert.equal((error as Error).name, 'Fault');
      }
    }),
  );
});

test('a caller that mixes schemes up is a defect', () => {
  const key = SecretKey.generate();
  const body = Buffer.from('{}');
  assert.throws(() => sealRow({ ...storeRow, scheme: 'twin', context }, key, body), Defect);
  assert.throws(() => sealRow({ ...storeRow, keyVersion: 0, context }, key, body), Defect);
  assert.throws(() => sealRow({ ...storeRow, keyId: Buffer.alloc(7), context }, key, body), Defect);
  assert.throws(
    () => sealRow({ ...storeRow, context: { ...context, storeId: Buffer.alloc(15) } }, key, body),
    Defect,
  );
});
