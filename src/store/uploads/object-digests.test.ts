import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { etagOfParts, md5Of } from '../../../tests/upload-fixture.ts';
import type { Checksum, ChecksumAlgorithm } from '../checksums.ts';
import { checksumOf } from '../checksums/digests.ts';
import type { ListedPart } from './completed-list.ts';
import { assertChecksum, checksumOfParts, etagOf } from './object-digests.ts';

const bodies = [randomBytes(1000), randomBytes(77), Buffer.alloc(0), randomBytes(1)];

function partsOf(algorithm: ChecksumAlgorithm): ListedPart[] {
  return bodies.map((body, index) => {
    const md5 = md5Of(body);
    const checksums = { [algorithm]: checksumOf(body, algorithm).toString('base64') };
    const facts = { size: body.length, md5, etag: md5, checksums, modified: new Date(0) };
    return { number: index + 1, row: { blob: { id: Buffer.alloc(16), file: true }, ...facts } };
  });
}

test('the ETag is the MD5 of MD5s, with the number of parts', () => {
  const parts = partsOf('CRC32');
  assert.equal(etagOf(parts), etagOfParts(...bodies));
  // As AWS shows it for one empty part.
  assert.equal(etagOf(parts.slice(2, 3)), '59adb24ef3cdbe0297f05b395827453f-1');
});

test('a FULL_OBJECT checksum is that of the bytes, made without them', () => {
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
    const checksum = checksumOfParts(partsOf(algorithm), { algorithm, type: 'FULL_OBJECT' });
    const value = checksumOf(Buffer.concat(bodies), algorithm).toString('base64');
    assert.deepEqual(checksum, { algorithm, type: 'FULL_OBJECT', value });
  }
});

test('a COMPOSITE checksum is that of the checksums, with the number of parts', () => {
  for (const algorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const) {
    const checksum = checksumOfParts(partsOf(algorithm), { algorithm, type: 'COMPOSITE' });
    const sums = Buffer.concat(bodies.map((body) => checksumOf(body, algorithm)));
    const value = `${checksumOf(sums, algorithm).toString('base64')}-4`;
    assert.deepEqual(checksum, { algorithm, type: 'COMPOSITE', value });
  }
});

test('a declared checksum is compared; the count behind a composite one may be left out', () => {
  const composite: Checksum = { algorithm: 'SHA1', type: 'COMPOSITE', value: 'abc=-2' };
  const whole: Checksum = { algorithm: 'CRC32', type: 'FULL_OBJECT', value: 'abc=' };
  const of = (checksum: Checksum, value: string) => ({ ...checksum, value });
  for (const [actual, declared] of [
    [composite, undefined],
    [composite, composite],
    [composite, of(composite, 'abc=')],
    [whole, whole],
  ] as const) {
    assertChecksum(actual, declared);
  }
  for (const [actual, declared, code] of [
    [composite, of(composite, 'abc=-3'), 'BadDigest'],
    [composite, of(composite, 'abd='), 'BadDigest'],
    [composite, of(composite, ''), 'BadDigest'],
    [whole, of(whole, 'abc=-2'), 'BadDigest'],
    [whole, composite, 'InvalidRequest'],
  ] as const) {
    assert.throws(() => assertChecksum(actual, declared), { code });
  }
});
