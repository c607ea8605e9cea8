/** PutBucketVersioning: on or suspended, never off again. No MFA delete. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { readVersioningConfiguration } from '../xml/versioning-configuration.ts';

export const putBucketVersioning = operation({
  name: 'PutBucketVersioning',
  route: { method: 'PUT', resource: 'bucket', query: ['versioning'] },
  body: 'document',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutBucketVersioning', bucket)],
  run: async (call, { bucket }) => {
    const versioning = readVersioningConfiguration(await call.document());
    await call.store.buckets.change(bucket, { versioning });
  },
  output: () => emptyReply(200),
});
