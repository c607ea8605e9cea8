/** Checksums against published values, against a plain reading of their definition, in any pieces. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../../base/refusal.ts';
import type { ChecksumAlgorithm } from '../checksums.ts';
import { CrcCombiner, isCrc } from './crc-combine.ts';
import { polynomials } from './crc.ts';
import { Digester, assertDeclared, checksumOf, digestsOf } from './digests.ts';

const algorithms: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

test('the check values of the catalogue of parametrised CRC algorithms', () => {
  const check = Buffer.from('123456789');
  assert.equal(checksumOf(check, 'CRC32').toString('hex'), 'cbf43926');
  assert.equal(checksumOf(check, 'CRC32C').toString('hex'), 'e3069283');
  assert.equal(checksumOf(check, 'CRC64NVME').toString('hex'), 'ae8b14860a799888');
  for (const name of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
    assert.match(checksumOf(Buffer.alloc(0), name).toString('hex'), /^0+$/);
  }
});

/** Bit by bit. */
function plainCrc(bytes: Uint8Array, algorithm: keyof typeof polynomials): Buffer {
  const bits = algorithm === 'CRC64NVME' ? 64n : 32n;
  const ones = (1n << bits) - 1n;
  let crc = ones;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1n ? (crc >> 1n) ^ polynomials[algorithm] : crc >> 1n;
    }
  }
  const hex = (crc ^ ones).toString(16).padStart(Number(bits / 4n), '0');
  return Buffer.from(hex, 'hex');
}

const bytes = fc.uint8Array({ maxLength: 80 });
const crcs = fc.constantFrom('CRC32', 'CRC32C', 'CRC64NVME');

test('the tables say what the definition says, at any alignment', () => {
  fc.assert(
    fc.property(bytes, fc.nat({ max: 7 }), crcs, (content, offset, algorithm) => {
      const memory = Buffer.alloc(offset + content.length);
      memory.set(content, offset);
      const at = memory.subarray(offset);
      assert.deepEqual(checksumOf(at, algorithm), plainCrc(content, algorithm));
    }),
  );
});

test('bodies longer than the window of the loop', () => {
  const content = Buffer.from(Array.from({ length: 65_600 }, (_, at) => (at * at) >> 3));
  for (const length of [65_535, 65_536, 65_537, 65_600]) {
    const body = content.subarray(0, length);
    assert.deepEqual(checksumOf(body, 'CRC64NVME'), plainCrc(body, 'CRC64NVME'));
  }
});

test('pieces digest as the whole', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 6 }), fc.constantFrom(...algorithms), (all, name) => {
      const digester = new Digester(name);
      for (const piece of all) digester.update(piece);
      const whole = Buffer.concat(all);
      const digests = digester.digest();
      assert.deepEqual(digests, digestsOf(whole, name));
      assert.equal(digests.md5, createHash('md5').update(whole).digest('hex'));
      assert.equal(digests.size, whole.length);
    }),
  );
});

test('CRCs of parts combine to the CRC of the whole', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 6 }), crcs, (all, algorithm) => {
      const combiner = new CrcCombiner(algorithm);
      for (const piece of all) combiner.add(checksumOf(piece, algorithm), piece.length);
      assert.deepEqual(combiner.digest(), checksumOf(Buffer.concat(all), algorithm));
    }),
  );
  assert.deepEqual(
    algorithms.filter((algorithm) => isCrc(algorithm)),
    ['CRC32', 'CRC32C', 'CRC64NVME'],
  );
});

test('a combined length may be beyond 32 bits', () => {
  const zeros = Buffer.alloc(1 << 20);
  const digest = checksumOf(zeros, 'CRC64NVME');
  const doubled = new CrcCombiner('CRC64NVME');
  const once = new CrcCombiner('CRC64NVME');
  let length = zeros.length;
  let crc = digest;
  // 2^20 zeros doubled twenty times, against one piece of 2^40 behind nothing but itself.
  for (let round = 0; round < 20; round++) {
    const combiner = new CrcCombiner('CRC64NVME');
    combiner.add(crc, length);
    combiner.add(crc, length);
    crc = combiner.digest();
    length *= 2;
  }
  doubled.add(crc, length);
  doubled.add(digest, zeros.length);
  once.add(digest, zeros.length);
  once.add(crc, length);
  assert.equal(length, 2 ** 40);
  // Zeros before and zeros behind are the same zeros.
  assert.deepEqual(doubled.digest(), once.digest());
});

test('what does not match what was declared is BadDigest in the words of AWS', () => {
  const digests = digestsOf(Buffer.from('body'), 'CRC32');
  const refused = (message: RegExp) => (error: unknown) =>
    error instanceof Refusal && error.code === 'BadDigest' && message.test(error.message);
  assert.throws(() => assertDeclared(digests, { md5: Buffer.alloc(16) }), refused(/Content-MD5/));
  const wrong = { algorithm: 'CRC32', value: () => 'AAAAAA==' } as const;
  assert.throws(
    () => assertDeclared(digests, { checksum: wrong }),
    refused(/^The CRC32 you specified did not match the calculated checksum\.$/),
  );
  assertDeclared(digests, {
    md5: Buffer.from(digests.md5, 'hex'),
    checksum: { algorithm: 'CRC32', value: () => digests.checksum },
  });
  assertDeclared(digests, { checksum: { algorithm: 'CRC32', value: () => undefined } });
});
