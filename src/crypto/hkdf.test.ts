import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { deriveBytes, deriveKey, expand, extract } from './hkdf.ts';
import { SecretKey } from './secret-key.ts';

interface Vector {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
  readonly result?: string;
}

function vectors(file: string): Vector[] {
  const url = new URL(`../../tests/vectors/${file}`, import.meta.url);
  const { testGroups } = JSON.parse(readFileSync(url, 'utf8')) as {
    testGroups: { tests: Vector[] }[];
  };
  return testGroups.flatMap(({ tests }) => tests);
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** Ours gives the first 32 bytes of what a vector may ask more of. */
function check(file: string): number {
  const usable = vectors(file).filter(
    ({ result, salt }) => result !== 'invalid' && hex(salt).length <= 64,
  );
  for (const { ikm, salt, info, size, okm } of usable) {
    const output = expand(extract(hex(salt), hex(ikm)), hex(info));
    const length = Math.min(32, size);
    assert.equal(output.subarray(0, length).toString('hex'), okm.slice(0, 2 * length));
  }
  return usable.length;
}

test('RFC 5869 appendix A.1 to A.3', () => {
  assert.equal(check('rfc5869-hkdf-sha256.json'), 2);
});

test('Wycheproof HKDF-SHA-256', () => {
  assert.ok(check('wycheproof-hkdf-sha256.json') > 60);
});

test('deriveKey is HKDF with an empty salt, whatever the length of info', () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes32, bytes32, fc.uint8Array({ maxLength: 3_000 }), (first, second, info) => {
      const expected = (ikm: Uint8Array): Buffer =>
        Buffer.from(hkdfSync('sha256', ikm, new Uint8Array(0), info, 32));
      const [a, b] = [SecretKey.from(first), SecretKey.from(second)];
      assert.deepEqual(deriveBytes(a, info), expected(first));
      assert.deepEqual(deriveKey(a, info).exportForKeyring(), expected(first));
      assert.deepEqual(deriveBytes([a, b], info), expected(Buffer.concat([first, second])));
      assert.deepEqual(deriveBytes(a, info), expected(first));
    }),
  );
});
