import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { test } from 'node:test';
import { lengthPrefixed, u32 } from '../base/bytes.ts';
import { generateBucketSecret, wrapBucketSecret } from '../crypto/bucket-secret.ts';
import { SecretKey } from '../crypto/secret-key.ts';
import { KeySchedule, bucketsCachedMax } from './key-schedule.ts';
import { decodeKeyringBody } from './keyring.ts';

const storeId = Buffer.alloc(16, 1);
const bucketId = Buffer.alloc(16, 2);
const master = Buffer.alloc(32, 7);
const key = master.toString('base64url');
const body = {
  current: 3,
  versions: [
    { version: 1, state: 'destroyed', createdAt: 5 },
    { version: 2, state: 'retained', createdAt: 5, key },
    { version: 3, state: 'current', createdAt: 5, key: Buffer.alloc(32, 8).toString('base64url') },
  ],
};
const schedule = (): KeySchedule =>
  new KeySchedule(decodeKeyringBody(Buffer.from(JSON.stringify(body)), { storeId, generation: 4 }));
const derive = (ikm: Uint8Array, ...fields: (string | Uint8Array)[]): Buffer =>
  Buffer.from(hkdfSync('sha256', ikm, '', lengthPrefixed(...fields), 32));
const numbered = (number: number): Buffer => Buffer.concat([Buffer.alloc(12), u32(number)]);

test('the derivations are those of FORMAT.md §3', () => {
  const keys = schedule();
  const secret = SecretKey.from(Buffer.alloc(32, 9));
  assert.equal(keys.current, 3);
  assert.equal(keys.generation, 4);
  assert.deepEqual(
    Buffer.from(keys.keyId(2)),
    derive(master, 'coffer/1/key-id', storeId).subarray(0, 8),
  );
  for (const purpose of ['row', 'bucket-secret'] as const) {
    assert.deepEqual(
      keys.storeKey(2, purpose).exportForKeyring(),
      derive(master, 'coffer/1/store', purpose, u32(2), storeId),
    );
  }
  const ikm = Buffer.concat([master, secret.exportForKeyring()]);
  for (const purpose of ['row', 'wrap'] as const) {
    assert.deepEqual(
      keys.bucketKeys(2, bucketId, secret)[purpose].exportForKeyring(),
      derive(ikm, 'coffer/1/bucket', purpose, u32(2), storeId, bucketId),
    );
  }
});

test('no two of purpose, version, bucket and secret share a key', () => {
  const keys = schedule();
  const secrets = [generateBucketSecret(), generateBucketSecret()];
  const all = [2, 3].flatMap((version) => [
    keys.storeKey(version, 'row'),
    keys.storeKey(version, 'bucket-secret'),
    ...[bucketId, Buffer.alloc(16, 3)].flatMap((bucket) =>
      secrets.flatMap((secret) => Object.values(keys.bucketKeys(version, bucket, secret))),
    ),
  ]);
  assert.equal(new Set(all.map((each) => each.exportForKeyring().toString('hex'))).size, 20);
});

test('keys are derived once and remembered', () => {
  const keys = schedule();
  const secret = generateBucketSecret();
  const context = { storeId, bucketId };
  const wrapped = wrapBucketSecret(secret, keys.storeKey(3, 'bucket-secret'), context);
  const unwrapped = keys.bucketSecret(bucketId, { version: 3, wrapped });
  assert.ok(unwrapped.equals(secret));
  const again = { version: 3, wrapped: Buffer.from(wrapped) };
  assert.equal(keys.bucketSecret(bucketId, again), unwrapped);
  const derived = keys.bucketKeys(3, bucketId, unwrapped);
  assert.equal(keys.bucketKeys(3, Buffer.from(bucketId), unwrapped), derived);
  assert.equal(keys.bucketKeys(3, bucketId, secret), derived);
  assert.equal(keys.storeKey(3, 'row'), keys.storeKey(3, 'row'));
});

test('a wrap that changed is opened anew: a re-wrapped secret stays, a forged one is damage', () => {
  const keys = schedule();
  const secret = generateBucketSecret();
  const context = { storeId, bucketId };
  const wrap = (version: number): { version: number; wrapped: Buffer } => ({
    version,
    wrapped: wrapBucketSecret(secret, keys.storeKey(version, 'bucket-secret'), context),
  });
  const first = keys.bucketSecret(bucketId, wrap(2));
  const derived = keys.bucketKeys(3, bucketId, first);
  const second = keys.bucketSecret(bucketId, wrap(3));
  assert.ok(second.equals(secret));
  assert.equal(keys.bucketKeys(3, bucketId, second), derived);
  const forged = wrap(3);
  forged.wrapped[30] = (forged.wrapped[30] ?? 0) ^ 1;
  assert.throws(() => keys.bucketSecret(bucketId, forged), { kind: 'damaged' });
  const { wrapped } = wrap(3);
  assert.throws(() => keys.bucketSecret(bucketId, { version: 2, wrapped }), { kind: 'damaged' });
  assert.equal(keys.bucketSecret(bucketId, wrap(3)).equals(secret), true);
});

test('another secret for the same bucket id gives other keys at once', () => {
  const keys = schedule();
  const [a, b] = [generateBucketSecret(), generateBucketSecret()];
  const first = keys.bucketKeys(3, bucketId, a).row;
  assert.ok(!keys.bucketKeys(3, bucketId, b).row.equals(first));
  assert.ok(keys.bucketKeys(3, bucketId, a).row.equals(first));
});

test('destroyed and unknown versions are refused by number, for every purpose', () => {
  const keys = schedule();
  const secret = generateBucketSecret();
  for (const [version, why] of [
    [1, /master key version 1 was destroyed/],
    [0, /master key version 0 is not in keyring generation 4/],
    [9, /master key version 9 is not in keyring generation 4/],
  ] as const) {
    const fault = { name: 'Fault', kind: 'damaged', message: why };
    assert.throws(() => keys.keyId(version), fault);
    assert.throws(() => keys.storeKey(version, 'row'), fault);
    assert.throws(() => keys.bucketKeys(version, bucketId, secret), fault);
    const wrapped = Buffer.alloc(72);
    assert.throws(() => keys.bucketSecret(bucketId, { version, wrapped }), fault);
  }
});

test('the least recently used bucket is forgotten, and its keys still work', () => {
  const keys = schedule();
  const secret = generateBucketSecret();
  const first = keys.bucketKeys(3, numbered(0), secret);
  const second = keys.bucketKeys(3, numbered(1), secret);
  for (let number = 2; number < bucketsCachedMax; number++) {
    keys.bucketKeys(3, numbered(number), secret);
  }
  assert.equal(keys.bucketKeys(3, numbered(0), secret), first);
  keys.bucketKeys(3, numbered(bucketsCachedMax), secret);
  assert.equal(keys.bucketKeys(3, numbered(0), secret), first);
  const again = keys.bucketKeys(3, numbered(1), secret);
  assert.notEqual(again, second);
  assert.ok(again.row.equals(second.row));
});
