/** How far a bucket is emptied. */
import { listedBucket } from '../bucket-decision.ts';
import { operation } from '../operation.ts';

export const getEmptyStatus = operation({
  name: 'GetEmptyStatus',
  route: 'GET /admin/v1/buckets/{bucket}/empty',
  permission: 'coffer:GetEmptyStatus',
  reach: 'bucket',
  input: ({ path }) => ({ bucket: path('bucket') }),
  subject: () => ({ kind: 'server' }),
  run: async (call, { bucket }) =>
    call.services.emptying.report(await listedBucket(call, bucket, 'GetEmptyStatus')),
});
