import assert from 'node:assert/strict';
import { test } from 'node:test';
import { owner, send } from '../../../tests/support/s3-call.ts';
import type { AnyOperation } from '../operation.ts';
import { deleteBucketPolicy } from './delete-bucket-policy.ts';
import { getBucketPolicyStatus } from './get-bucket-policy-status.ts';
import { getBucketPolicy } from './get-bucket-policy.ts';
import { putBucketPolicy } from './put-bucket-policy.ts';

const statement = (more: string): string =>
  `{ "Version":"2012-10-17",\n\t"Statement": [{"Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bkt/\u00e9*", ${more}}]}\n`;
const denial = statement('"Effect": "Deny"');
const open = statement('"Effect": "Allow"');

interface Bucket {
  readonly account?: string;
  readonly policy?: string;
}

async function run(operation: AnyOperation, bucket: Bucket = {}, body = '') {
  const set: unknown[] = [];
  const { account = owner.id } = bucket;
  const buckets = {
    get: async () => ({ account }),
    policy: async () => bucket.policy,
    setPolicy: async (...given: unknown[]): Promise<void> => void set.push(given),
  };
  const reply = await send(operation, { target: '/bkt', body, store: { buckets } });
  return { ...reply, set };
}

test('a policy is kept byte for byte', async () => {
  const put = await run(putBucketPolicy, {}, denial);
  assert.deepEqual(
    [put.status, put.set],
    [204, [['bkt', { text: denial, isPublic: false, users: undefined }]]],
  );
  assert.deepEqual(put.pairs, ['s3:PutBucketPolicy arn:aws:s3:::bkt']);
  const got = await run(getBucketPolicy, { policy: denial });
  assert.equal(got.body, denial);
  assert.equal(got.headers['content-type'], 'application/json');
  assert.deepEqual(got.pairs, ['s3:GetBucketPolicy arn:aws:s3:::bkt']);
  const deleted = await run(deleteBucketPolicy);
  assert.deepEqual([deleted.status, deleted.set], [204, [['bkt', undefined]]]);
  assert.deepEqual(deleted.pairs, ['s3:DeleteBucketPolicy arn:aws:s3:::bkt']);
});

test('what is no policy of this bucket is refused and changes nothing', async () => {
  for (const bad of [
    '',
    'x',
    denial.replace('/\u00e9', 'x/'),
    denial.replace('GetObject', 'Get'),
    `\ufeff${denial}`,
    denial.padEnd(20_481),
  ]) {
    const refused = await run(putBucketPolicy, {}, bad);
    assert.deepEqual([refused.code, refused.set], ['MalformedPolicy', []], bad.slice(0, 60));
  }
});

test('a public policy is told to the store, which may prevent it, and to who asks', async () => {
  const { status, set } = await run(putBucketPolicy, {}, open);
  assert.deepEqual(
    [status, set],
    [204, [['bkt', { text: open, isPublic: true, users: undefined }]]],
  );
  for (const [policy, answer] of [
    [open, 'true'],
    [denial, 'false'],
  ] as const) {
    const { body, pairs } = await run(getBucketPolicyStatus, { policy });
    assert.match(body, new RegExp(`<IsPublic>${answer}</IsPublic></PolicyStatus>$`));
    assert.deepEqual(pairs, ['s3:GetBucketPolicyStatus arn:aws:s3:::bkt']);
  }
});

test('no policy; and nobody of another account, whatever it was granted', async () => {
  assert.equal((await run(getBucketPolicy)).code, 'NoSuchBucketPolicy');
  assert.equal((await run(getBucketPolicyStatus)).code, 'NoSuchBucketPolicy');
  for (const operation of [getBucketPolicy, putBucketPolicy, deleteBucketPolicy]) {
    const refused = await run(operation, { account: '999999999999', policy: denial }, denial);
    assert.deepEqual([refused.code, refused.set], ['MethodNotAllowed', []], operation.name);
  }
});
