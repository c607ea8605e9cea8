/** PutPublicAccessBlock: replaces all four settings; one that is not named is off. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { readPublicAccessBlock } from '../xml/public-access-block-configuration.ts';

export const putPublicAccessBlock = operation({
  name: 'PutPublicAccessBlock',
  route: { method: 'PUT', resource: 'bucket', query: ['publicAccessBlock'] },
  body: 'document',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutBucketPublicAccessBlock', bucket)],
  run: async (call, { bucket }) => {
    const publicAccessBlock = readPublicAccessBlock(await call.document());
    await call.store.buckets.change(bucket, { publicAccessBlock });
  },
  output: () => emptyReply(200),
});
