/** DeletePublicAccessBlock: nothing is blocked any more. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const deletePublicAccessBlock = operation({
  name: 'DeletePublicAccessBlock',
  route: { method: 'DELETE', resource: 'bucket', query: ['publicAccessBlock'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutBucketPublicAccessBlock', bucket)],
  run: ({ store }, { bucket }) => store.buckets.change(bucket, { publicAccessBlock: null }),
  output: () => emptyReply(204),
});
