/** GetBucketOwnershipControls. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { ownershipControlsDocument } from '../xml/ownership-controls.ts';

export const getBucketOwnershipControls = operation({
  name: 'GetBucketOwnershipControls',
  route: { method: 'GET', resource: 'bucket', query: ['ownershipControls'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketOwnershipControls', bucket)],
  run: async ({ store, view }, { bucket }) => {
    const { ownership } = await store.buckets.get(view, bucket);
    if (ownership !== undefined) return ownership;
    throw new Refusal('OwnershipControlsNotFoundError', { fields: { BucketName: bucket } });
  },
  output: (ownership) => xmlReply(ownershipControlsDocument(ownership)),
});
