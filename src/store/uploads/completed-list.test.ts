import assert from 'node:assert/strict';
import { test } from 'node:test';
import { s3Limits } from '../../base/limits.ts';
import type { PartRow } from '../../rows/part-row.ts';
import { checkOrder, digestOfList, findListed } from './completed-list.ts';

const etag = 'e'.repeat(32);
const enough = s3Limits.partBytesMin;

function rowOf(size: number, checksums: PartRow['checksums'] = { CRC64NVME: 'sum' }): PartRow {
  const blob = { id: Buffer.alloc(16), file: true };
  return { blob, size, md5: etag, modified: new Date(0), checksums, etag };
}

const fullObject = { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' } as const;
const composite = { algorithm: 'SHA1', type: 'COMPOSITE' } as const;
const ask = (number: number, more: object = {}) => ({ number, etag, ...more });

test('order is judged without the parts', () => {
  const many = Array.from({ length: s3Limits.partNumberMax }, (_, index) => ask(index + 1));
  for (const list of [[ask(1)], [ask(3), ask(4), ask(10_000)], many]) checkOrder(list);
  for (const [list, code] of [
    [[], 'MalformedXML'],
    [[...many, ask(10_001)], 'MalformedXML'],
    [[ask(2), ask(1)], 'InvalidPartOrder'],
    [[ask(1), ask(1)], 'InvalidPartOrder'],
    [[ask(0)], 'InvalidPartOrder'],
  ] as const) {
    assert.throws(() => checkOrder(list), { code });
  }
});

test('a list is what is stored, or it is refused in the order of S3', () => {
  const stored = new Map([
    [1, rowOf(enough)],
    [2, rowOf(enough - 1)],
    [5, rowOf(0)],
  ]);
  const find = (...list: Parameters<typeof findListed>[0]) => findListed(list, stored, fullObject);
  assert.deepEqual(
    find(ask(1), ask(2)).map(({ number, row }) => [number, row.size]),
    [
      [1, enough],
      [2, enough - 1],
    ],
  );
  assert.equal(find(ask(1), ask(5, { checksums: { CRC64NVME: 'sum' } })).length, 2);
  assert.equal(find(ask(5)).length, 1, 'the last part may be empty');
  for (const [list, code, fields] of [
    [[ask(3)], 'InvalidPart', { PartNumber: '3', ETag: etag }],
    [[ask(2), { number: 5, etag: 'other' }], 'InvalidPart', { PartNumber: '5', ETag: 'other' }],
    [[ask(1, { checksums: { CRC64NVME: 'no' } })], 'InvalidPart', { PartNumber: '1', ETag: etag }],
    [[ask(1, { checksums: { SHA1: 'sum' } })], 'InvalidPart', { PartNumber: '1', ETag: etag }],
    [
      [ask(1), ask(2), ask(5)],
      'EntityTooSmall',
      {
        ProposedSize: `${enough - 1}`,
        MinSizeAllowed: `${enough}`,
        PartNumber: '2',
        ETag: etag,
      },
    ],
  ] as const) {
    assert.throws(
      () => find(...list),
      (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error && 'detail' in error);
        assert.deepEqual([error.code, error.detail], [code, { fields }]);
        return true;
      },
    );
  }
});

test('a composite checksum wants parts without gaps, each with its checksum', () => {
  const row = rowOf(enough, { SHA1: 'sum' });
  const stored = new Map([
    [1, row],
    [2, row],
    [3, row],
  ]);
  const sum = { checksums: { SHA1: 'sum' } };
  const find = (...list: Parameters<typeof findListed>[0]) => findListed(list, stored, composite);
  assert.equal(find(ask(1, sum), ask(2, sum)).length, 2);
  assert.throws(() => find(ask(1, sum), ask(3, sum)), { code: 'InvalidPartOrder' });
  assert.throws(() => find(ask(2, sum)), { code: 'InvalidPartOrder' });
  assert.throws(() => find(ask(1, sum), ask(2)), {
    code: 'InvalidRequest',
    message: /created using a sha1 checksum.*missing for part 2 in the request\./,
  });
});

test('the digest of a list is that of its numbers and ETags', () => {
  const list = [ask(1), ask(2)];
  const same = digestOfList([ask(1), ask(2, { checksums: { SHA1: 'sum' } })]);
  assert.ok(digestOfList(list).equals(same));
  assert.equal(same.length, 32);
  for (const other of [[ask(1)], [ask(1), ask(3)], [ask(1), { number: 2, etag: 'f' }]]) {
    assert.ok(!digestOfList(other).equals(same));
  }
});
