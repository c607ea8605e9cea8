/** GetPublicAccessBlock. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { publicAccessBlockDocument } from '../xml/public-access-block-configuration.ts';

export const getPublicAccessBlock = operation({
  name: 'GetPublicAccessBlock',
  route: { method: 'GET', resource: 'bucket', query: ['publicAccessBlock'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketPublicAccessBlock', bucket)],
  run: async ({ store, view }, { bucket }) => {
    const { publicAccessBlock } = await store.buckets.get(view, bucket);
    if (publicAccessBlock !== undefined) return publicAccessBlock;
    throw new Refusal('NoSuchPublicAccessBlockConfiguration', { fields: { BucketName: bucket } });
  },
  output: (publicAccessBlock) => xmlReply(publicAccessBlockDocument(publicAccessBlock)),
});
