/** What a bucket holds, counted a moment ago at most. */
import { listedBucket } from '../bucket-decision.ts';
import { operation } from '../operation.ts';

export const getBucketCounts = operation({
  name: 'GetBucketCounts',
  route: 'GET /admin/v1/buckets/{bucket}/counts',
  permission: 'coffer:GetBucketCounts',
  reach: 'bucket',
  input: ({ path }) => ({ bucket: path('bucket') }),
  subject: () => ({ kind: 'server' }),
  run: async (call, { bucket }) =>
    call.services.counting.bucket(await listedBucket(call, bucket, 'GetBucketCounts')),
});
