/**
 * HeadBucket: whether there is a bucket, whether the caller may list it, and where it is. Who may not
 * list it is told where it is all the same: so clients find the region to sign for (S3-BEHAVIOURS 26).
 */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const headBucket = operation({
  name: 'HeadBucket',
  route: { method: 'HEAD', resource: 'bucket' },
  body: 'none',
  gives: [],
  decides: 'per-item',
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: () => [],
  run: async (call, { bucket }) => {
    const { region } = await call.store.buckets.get(call.view, bucket);
    const headers = { 'x-amz-bucket-region': region };
    if (await call.allowed(onBucket('s3:ListBucket', bucket))) return headers;
    throw new Refusal('AccessDenied', { headers });
  },
  output: (headers) => emptyReply(200, { ...headers, 'x-amz-access-point-alias': 'false' }),
});
