/** PutBucketTagging: replaces the bucket’s tags; an empty set removes them. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { readTagging } from '../xml/tagging.ts';

export const putBucketTagging = operation({
  name: 'PutBucketTagging',
  route: { method: 'PUT', resource: 'bucket', query: ['tagging'] },
  body: 'document',
  gives: [],
  needsDigest: true,
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutBucketTagging', bucket)],
  run: async (call, { bucket }) => {
    const tags = readTagging(await call.document(), 'bucket');
    await call.store.buckets.setTags(bucket, tags.length === 0 ? undefined : tags);
  },
  output: () => emptyReply(204),
});
