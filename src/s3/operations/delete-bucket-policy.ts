/** DeleteBucketPolicy: only the owner's account is let in afterwards. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { ownBucket } from '../policy-owner.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const deleteBucketPolicy = operation({
  name: 'DeleteBucketPolicy',
  route: { method: 'DELETE', resource: 'bucket', query: ['policy'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:DeleteBucketPolicy', bucket)],
  run: async (call, { bucket }) => {
    await ownBucket(call, bucket);
    await call.store.buckets.setPolicy(bucket, undefined);
  },
  output: () => emptyReply(204),
});
