import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { decodeToken, encodeToken } from './continuation-token.ts';

test('a token gives its name back, and shows nothing of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
      const token = encodeToken(name);
      assert.match(token, /^[\w-]+$/);
      assert.equal(decodeToken(token), name);
    }),
  );
  assert.equal(decodeToken(encodeToken('€'.repeat(341))), '€'.repeat(341));
  assert.equal(decodeToken(undefined), undefined);
});

test('whatever we did not write is refused', () => {
  const token = encodeToken('key');
  const others = ['', 'key', `${token}=`, `${token}A`, ` ${token}`];
  const bytes = Buffer.from('coffer-1:\xff', 'latin1').toString('base64url');
  for (const other of [...others, bytes, encodeToken('a'.repeat(1025)), 'A'.repeat(100_000)]) {
    assert.throws(
      () => decodeToken(other),
      (error) => error instanceof Refusal && error.code === 'InvalidArgument',
      other.slice(0, 40),
    );
  }
});
