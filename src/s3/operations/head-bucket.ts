/** HeadBucket: whether there is a bucket, whether the caller may list it, and where it is. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const headBucket = operation({
  name: 'HeadBucket',
  route: { method: 'HEAD', resource: 'bucket' },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:ListBucket', bucket)],
  run: ({ store, view }, { bucket }) => store.buckets.get(view, bucket),
  output: ({ region }) =>
    emptyReply(200, { 'x-amz-bucket-region': region, 'x-amz-access-point-alias': 'false' }),
});
