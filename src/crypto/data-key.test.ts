import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { lengthPrefixed } from '../base/bytes.ts';
import { generateBucketSecret, unwrapBucketSecret, wrapBucketSecret } from './bucket-secret.ts';
import { DataKey, type WrapContext } from './data-key.ts';
import { SecretKey } from './secret-key.ts';
import { xaesOpen } from './xaes-gcm.ts';

const damage = { name: 'Fault', kind: 'damaged', message: 'the sealed bytes do not open' };
const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const contexts: fc.Arbitrary<WrapContext> = fc.record({
  purpose: fc.constantFrom<WrapContext['purpose']>('version', 'upload'),
  storeId: id,
  bucketId: id,
  objectKey: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  id,
});
const flip = (bytes: Uint8Array, where: number): void => {
  const bit = where % (8 * bytes.length);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
};

test('a wrapped data key opens in its place and in no other', () => {
  fc.assert(
    fc.property(contexts, fc.nat(), (context, where) => {
      const wrapKey = SecretKey.generate();
      const key = DataKey.generate();
      const stored = key.wrap(wrapKey, context);
      assert.equal(stored.wrapped.length, 72);
      assert.equal(stored.commitment.length, 32);
      const opened = DataKey.unwrap(wrapKey, context, stored);
      assert.deepEqual(
        opened.payloadKey(context.id).exportForKeyring(),
        key.payloadKey(context.id).exportForKeyring(),
      );
      const moving = { from: wrapKey, to: SecretKey.generate() };
      const again = { ...stored, wrapped: DataKey.rewrap(stored, context, moving) };
      assert.deepEqual(
        DataKey.unwrap(moving.to, context, again).payloadKey(context.id).exportForKeyring(),
        key.payloadKey(context.id).exportForKeyring(),
      );
      const moved: WrapContext = {
        ...context,
        purpose: context.purpose === 'version' ? 'upload' : 'version',
      };
      for (const place of [
        moved,
        { ...context, objectKey: `${context.objectKey}x` },
        {
          ...context,
          bucketId: Buffer.concat([
            context.bucketId.subarray(1),
            Buffer.alloc(1, 255 - (context.bucketId[15] ?? 0)),
          ]),
        },
      ]) {
        assert.throws(() => DataKey.unwrap(wrapKey, place, stored), damage);
      }
      for (const bytes of [stored.wrapped, stored.commitment, context.id, context.storeId]) {
        flip(bytes, where);
        assert.throws(() => DataKey.unwrap(wrapKey, context, stored), damage);
        assert.throws(() => DataKey.rewrap(stored, context, moving), damage);
        flip(bytes, where);
      }
      assert.throws(() => DataKey.unwrap(SecretKey.generate(), context, stored), damage);
      const short = { ...stored, commitment: stored.commitment.subarray(1) };
      assert.throws(() => DataKey.unwrap(wrapKey, context, short), damage);
      const long = { ...stored, wrapped: Buffer.concat([stored.wrapped, Buffer.alloc(1)]) };
      assert.throws(() => DataKey.unwrap(wrapKey, context, long), damage);
    }),
  );
});

test('the derivations are those of FORMAT.md §3, and no two purposes share a key', () => {
  const wrapKey = SecretKey.generate();
  const blobId = Buffer.alloc(16, 5);
  const context = {
    purpose: 'version',
    storeId: blobId,
    bucketId: blobId,
    objectKey: 'k',
    id: blobId,
  } as const;
  const key = DataKey.generate();
  const { wrapped, commitment } = key.wrap(wrapKey, context);
  const aad = lengthPrefixed('coffer/1/wrap', 'version', blobId, blobId, 'k', blobId);
  const bytes = xaesOpen(wrapKey, aad, wrapped);
  const expected = (...fields: (string | Uint8Array)[]): string => {
    const info = lengthPrefixed('coffer/1/data', ...fields);
    return Buffer.from(hkdfSync('sha256', bytes, new Uint8Array(0), info, 32)).toString('hex');
  };
  const hex = (derived: SecretKey): string => derived.exportForKeyring().toString('hex');
  assert.equal(Buffer.from(commitment).toString('hex'), expected('commit'));
  assert.equal(hex(key.manifestKey()), expected('manifest'));
  assert.equal(hex(key.twinKey(blobId)), expected('twin', blobId));
  assert.equal(hex(key.payloadKey(blobId)), expected('blob', blobId));
  assert.notEqual(hex(key.payloadKey(Buffer.alloc(16))), expected('blob', blobId));
});

test('a destroyed data key cannot be used', () => {
  const key = DataKey.generate();
  const derived = key.manifestKey();
  key.destroy();
  assert.throws(() => key.manifestKey(), { name: 'Defect' });
  assert.equal(derived.exportForKeyring().length, 32);
});

test('a wrapped bucket secret opens for its bucket only', () => {
  const context = { storeId: Buffer.alloc(16, 1), bucketId: Buffer.alloc(16, 2) };
  const storeKey = SecretKey.generate();
  const secret = generateBucketSecret();
  const wrapped = wrapBucketSecret(secret, storeKey, context);
  assert.equal(wrapped.length, 72);
  assert.deepEqual(
    unwrapBucketSecret(wrapped, storeKey, context).exportForKeyring(),
    secret.exportForKeyring(),
  );
  const elsewhere = { ...context, bucketId: Buffer.alloc(16, 3) };
  assert.throws(() => unwrapBucketSecret(wrapped, storeKey, elsewhere), damage);
  assert.throws(() => unwrapBucketSecret(wrapped, SecretKey.generate(), context), damage);
  assert.throws(() => unwrapBucketSecret(wrapped.subarray(1), storeKey, context), damage);
  fc.assert(
    fc.property(fc.nat({ max: 72 * 8 - 1 }), (where) => {
      flip(wrapped, where);
      assert.throws(() => unwrapBucketSecret(wrapped, storeKey, context), damage);
      flip(wrapped, where);
    }),
  );
});
