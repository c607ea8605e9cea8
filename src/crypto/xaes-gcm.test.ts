import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { gcmSealInto, tagBytes } from './gcm.ts';
import { SecretKey } from './secret-key.ts';
import { xaesMessageKey, xaesOpen, xaesOverheadBytes, xaesSeal } from './xaes-gcm.ts';

const url = new URL('../../tests/vectors/c2sp-xaes-256-gcm.json', import.meta.url);
const published = JSON.parse(readFileSync(url, 'utf8')) as {
  tests: Record<'key' | 'nonce' | 'messageKey' | 'msg' | 'aad' | 'ct', string>[];
  accumulated: { iterations: number; hash: string }[];
};
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const damage = { name: 'Fault', kind: 'damaged', message: 'the sealed bytes do not open' };

/** Production seals under random nonces only; the vectors need theirs: the same steps, spelt out. */
function sealWith(key: SecretKey, nonce: Buffer, aad: Buffer, plaintext: Buffer): Buffer {
  const sealed = Buffer.alloc(plaintext.length + tagBytes);
  const message = { key: xaesMessageKey(key, nonce), nonce: nonce.subarray(12), aad };
  gcmSealInto(message, plaintext, sealed, 0);
  return sealed;
}

test('the published vectors of C2SP XAES-256-GCM', () => {
  assert.equal(published.tests.length, 2);
  for (const { key, nonce, messageKey, msg, aad, ct } of published.tests) {
    const secret = SecretKey.from(hex(key));
    assert.equal(xaesMessageKey(secret, hex(nonce)).toString('hex'), messageKey);
    assert.equal(sealWith(secret, hex(nonce), hex(aad), hex(msg)).toString('hex'), ct);
    assert.equal(xaesOpen(secret, hex(aad), hex(nonce + ct)).toString('hex'), msg);
  }
});

test('the published accumulated vector: 10,000 random messages', () => {
  const [accumulated] = published.accumulated;
  assert.ok(accumulated);
  const { iterations } = accumulated;
  const random = createHash('shake128', { outputLength: iterations * 568 }).digest();
  assert.equal(random.subarray(0, 16).toString('hex'), '7f9c2ba4e88f827d616045507605853e');
  const result = createHash('shake128', { outputLength: 32 });
  let at = 0;
  const take = (length: number): Buffer => random.subarray(at, (at += length));
  for (let index = 0; index < iterations; index++) {
    const key = SecretKey.from(take(32));
    const nonce = take(24);
    const plaintext = take(take(1)[0] ?? 0);
    const aad = take(take(1)[0] ?? 0);
    const sealed = sealWith(key, nonce, aad, plaintext);
    assert.deepEqual(xaesOpen(key, aad, Buffer.concat([nonce, sealed])), plaintext);
    result.update(sealed);
  }
  assert.equal(result.digest('hex'), accumulated.hash);
});

const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('what is sealed opens; any flipped bit of bytes, aad or key is damage', () => {
  fc.assert(
    fc.property(
      key32,
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.uint8Array({ maxLength: 500 }),
      fc.nat(),
      (keyBytes, aad, plaintext, where) => {
        const key = SecretKey.from(keyBytes);
        const sealed = xaesSeal(key, aad, plaintext);
        assert.equal(sealed.length, plaintext.length + xaesOverheadBytes);
        assert.deepEqual(xaesOpen(key, aad, sealed), Buffer.from(plaintext));
        for (const bytes of [sealed, aad, keyBytes]) {
          const bit = where % (8 * bytes.length);
          bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          assert.throws(() => xaesOpen(SecretKey.from(keyBytes), aad, sealed), damage);
          bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        }
        const cut = where % sealed.length;
        assert.throws(() => xaesOpen(key, aad, sealed.subarray(0, cut)), damage);
      },
    ),
  );
});

test('every seal has its own nonce', () => {
  const key = SecretKey.generate();
  const nonces = Array.from({ length: 2_000 }, () =>
    xaesSeal(key, Buffer.alloc(0), Buffer.alloc(0)).subarray(0, 24).toString('hex'),
  );
  assert.equal(new Set(nonces).size, nonces.length);
});
