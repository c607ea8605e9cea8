/** DeleteBucket: an empty bucket only, and with it its secret: what was in it cannot be read again. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const deleteBucket = operation({
  name: 'DeleteBucket',
  route: { method: 'DELETE', resource: 'bucket' },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:DeleteBucket', bucket)],
  run: ({ store }, { bucket }) => store.buckets.delete(bucket),
  output: () => emptyReply(204),
});
