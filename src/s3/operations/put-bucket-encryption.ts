/** PutBucketEncryption: the default of the bucket’s new objects; those that it has stay as they are. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { readEncryptionConfiguration } from '../xml/server-side-encryption-configuration.ts';

export const putBucketEncryption = operation({
  name: 'PutBucketEncryption',
  route: { method: 'PUT', resource: 'bucket', query: ['encryption'] },
  body: 'document',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutEncryptionConfiguration', bucket)],
  run: async (call, { bucket }) => {
    const encryption = readEncryptionConfiguration(await call.document());
    await call.store.buckets.change(bucket, { encryption });
  },
  output: () => emptyReply(200),
});
