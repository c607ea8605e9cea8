/** DeleteBucketTagging: removes all of the bucket’s tags. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const deleteBucketTagging = operation({
  name: 'DeleteBucketTagging',
  route: { method: 'DELETE', resource: 'bucket', query: ['tagging'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutBucketTagging', bucket)],
  run: ({ store }, { bucket }) => store.buckets.setTags(bucket, undefined),
  output: () => emptyReply(204),
});
