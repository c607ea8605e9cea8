/** GetBucketPolicy: the text as it was put, byte for byte. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { ownBucket } from '../policy-owner.ts';
import { bucketOf } from '../target.ts';

export const getBucketPolicy = operation({
  name: 'GetBucketPolicy',
  route: { method: 'GET', resource: 'bucket', query: ['policy'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketPolicy', bucket)],
  run: async (call, { bucket }) => {
    await ownBucket(call, bucket);
    const text = await call.store.buckets.policy(call.view, bucket);
    if (text !== undefined) return text;
    throw new Refusal('NoSuchBucketPolicy', { fields: { BucketName: bucket } });
  },
  output: (text) => ({ status: 200, headers: { 'Content-Type': 'application/json' }, body: text }),
});
