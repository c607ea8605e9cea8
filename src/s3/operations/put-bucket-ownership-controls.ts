/** PutBucketOwnershipControls: whether the bucket knows ACLs, of which Coffer has only the owner’s. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { readOwnershipControls } from '../xml/ownership-controls.ts';

export const putBucketOwnershipControls = operation({
  name: 'PutBucketOwnershipControls',
  route: { method: 'PUT', resource: 'bucket', query: ['ownershipControls'] },
  body: 'document',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutBucketOwnershipControls', bucket)],
  run: async (call, { bucket }) => {
    const ownership = readOwnershipControls(await call.document());
    await call.store.buckets.change(bucket, { ownership });
  },
  output: () => emptyReply(200),
});
