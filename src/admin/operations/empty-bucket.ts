/** Begins to remove everything that the caller may delete in a bucket, or joins the run that does. */
import { listedBucket } from '../bucket-decision.ts';
import { knownCaller, operation } from '../operation.ts';

export const emptyBucket = operation({
  name: 'EmptyBucket',
  route: 'POST /admin/v1/buckets/{bucket}/empty',
  permission: 'coffer:EmptyBucket',
  reach: 'bucket',
  input: ({ path }) => ({ bucket: path('bucket') }),
  subject: () => ({ kind: 'server' }),
  run: async (call, { bucket }) => {
    const { identity } = knownCaller(call);
    const { headers, remoteAddress, secure } = call.http;
    const found = await listedBucket(call, bucket, 'GetEmptyStatus');
    const from = { headers, remoteAddress, secure };
    return call.services.emptying.start(found, { identity, from });
  },
});
