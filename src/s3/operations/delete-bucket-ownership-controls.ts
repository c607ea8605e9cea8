/** DeleteBucketOwnershipControls: the bucket is as before Object Ownership, with ACLs of the owner alone. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const deleteBucketOwnershipControls = operation({
  name: 'DeleteBucketOwnershipControls',
  route: { method: 'DELETE', resource: 'bucket', query: ['ownershipControls'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutBucketOwnershipControls', bucket)],
  run: ({ store }, { bucket }) => store.buckets.change(bucket, { ownership: null }),
  output: () => emptyReply(204),
});
