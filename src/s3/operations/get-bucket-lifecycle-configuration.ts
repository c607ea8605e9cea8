/** GetBucketLifecycleConfiguration. Lifecycle rules are not built: no bucket has any, and the answer is AWS's for that. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const getBucketLifecycleConfiguration = operation({
  name: 'GetBucketLifecycleConfiguration',
  route: { method: 'GET', resource: 'bucket', query: ['lifecycle'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetLifecycleConfiguration', bucket)],
  run: async ({ store, view }, { bucket }): Promise<void> => {
    await store.buckets.get(view, bucket);
    throw new Refusal('NoSuchLifecycleConfiguration', { fields: { BucketName: bucket } });
  },
  output: () => emptyReply(200),
});
