import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordPublicKey, signRecord, verifyRecord } from './record-signature.ts';
import { SecretKey } from './secret-key.ts';

/** RFC 8032 §7.1, test 1. */
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const publicKey = Buffer.from(
  'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  'hex',
);

test('a record verifies under its key alone, and to the byte alone', () => {
  const key = SecretKey.from(seed);
  assert.deepEqual(recordPublicKey(key), publicKey);
  const signature = signRecord(key, '{"é":1}');
  assert.equal(signature.length, 64);
  assert.ok(verifyRecord(publicKey, '{"é":1}', signature));
  assert.ok(!verifyRecord(publicKey, '{"é":2}', signature));
  assert.ok(!verifyRecord(recordPublicKey(SecretKey.generate()), '{"é":1}', signature));
});
