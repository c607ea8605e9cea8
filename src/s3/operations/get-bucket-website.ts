/** GetBucketWebsite. Website hosting is not built: no bucket has it, and the answer is AWS's for that. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const getBucketWebsite = operation({
  name: 'GetBucketWebsite',
  route: { method: 'GET', resource: 'bucket', query: ['website'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketWebsite', bucket)],
  run: async ({ store, view }, { bucket }): Promise<void> => {
    await store.buckets.get(view, bucket);
    throw new Refusal('NoSuchWebsiteConfiguration', { fields: { BucketName: bucket } });
  },
  output: () => emptyReply(200),
});
