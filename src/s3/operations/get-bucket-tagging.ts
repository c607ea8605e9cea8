/** GetBucketTagging. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { taggingDocument } from '../xml/tagging.ts';

export const getBucketTagging = operation({
  name: 'GetBucketTagging',
  route: { method: 'GET', resource: 'bucket', query: ['tagging'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketTagging', bucket)],
  run: async ({ store, view }, { bucket }) => {
    const tags = await store.buckets.tags(view, bucket);
    if (tags !== undefined) return tags;
    throw new Refusal('NoSuchTagSet', { fields: { BucketName: bucket } });
  },
  output: (tags) => xmlReply(taggingDocument(tags)),
});
