import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import type { RefusalCode } from '../base/refusal.ts';
import type { ChecksumAlgorithm, DeclaredDigests } from '../store/checksums.ts';
import { readDocument } from './document.ts';

const text = '123456789';
const md5 = hash('md5', text, 'buffer');
const checksum = (algorithm: ChecksumAlgorithm, value: string | undefined) => ({
  checksum: { algorithm, value: () => value },
});

function document(pieces: readonly string[], declared: DeclaredDigests = {}, length?: number) {
  const bytes = (async function* () {
    for (const piece of pieces) yield Buffer.from(piece);
  })();
  return { length, bytes, declared };
}

/** The check values of the algorithms' definitions, over "123456789". */
const values: readonly (readonly [ChecksumAlgorithm, string])[] = [
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
  ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
];

test('a document is read whole, in one piece or many, and verified', async () => {
  const plain = { needsDigest: false };
  assert.equal((await readDocument(document([text]), plain)).toString(), text);
  assert.equal((await readDocument(document(['123', '456789']), plain)).toString(), text);
  assert.equal((await readDocument(document([]), plain)).length, 0);
  const needed = { needsDigest: true };
  assert.equal((await readDocument(document([text], { md5 }), needed)).toString(), text);
  for (const [algorithm, hex] of values) {
    const declared = checksum(algorithm, Buffer.from(hex, 'hex').toString('base64'));
    assert.equal((await readDocument(document([text], declared), needed)).toString(), text);
  }
});

const refused: readonly (readonly [string, DeclaredDigests, boolean, RefusalCode])[] = [
  ['another MD5', { md5: Buffer.alloc(16) }, false, 'BadDigest'],
  ['another checksum', checksum('CRC32', 'AAAAAA=='), false, 'BadDigest'],
  ['a right MD5 and another checksum', { md5, ...checksum('SHA1', 'AAAA') }, true, 'BadDigest'],
  ['no digest where one is needed', {}, true, 'InvalidRequest'],
  ['only a name of an algorithm', checksum('CRC32', undefined), true, 'InvalidRequest'],
];

for (const [name, declared, needsDigest, code] of refused) {
  test(`${name} is ${code}`, async () => {
    await assert.rejects(readDocument(document([text], declared), { needsDigest }), { code });
  });
}

test('a document is bounded by what it declares and by what comes', async () => {
  const rules = { needsDigest: false, bytesMax: 8 };
  const long = { code: 'MaxMessageLengthExceeded' };
  await assert.rejects(readDocument(document([], {}, 9), rules), long);
  await assert.rejects(readDocument(document(['12345', '6789']), rules), long);
  assert.equal((await readDocument(document(['1234', '5678']), rules)).length, 8);
});
