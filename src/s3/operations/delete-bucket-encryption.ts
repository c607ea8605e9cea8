/** DeleteBucketEncryption: a modern bucket returns to AES256, a classic one to no default. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const deleteBucketEncryption = operation({
  name: 'DeleteBucketEncryption',
  route: { method: 'DELETE', resource: 'bucket', query: ['encryption'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutEncryptionConfiguration', bucket)],
  run: ({ store }, { bucket }) => store.buckets.change(bucket, { encryption: null }),
  output: () => emptyReply(204),
});
