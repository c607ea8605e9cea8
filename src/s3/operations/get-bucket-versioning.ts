/** GetBucketVersioning: empty in a bucket that never had it. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { versioningDocument } from '../xml/versioning-configuration.ts';

export const getBucketVersioning = operation({
  name: 'GetBucketVersioning',
  route: { method: 'GET', resource: 'bucket', query: ['versioning'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketVersioning', bucket)],
  run: async ({ store, view }, { bucket }) => {
    const { versioning } = await store.buckets.get(view, bucket);
    return versioning;
  },
  output: (versioning) => xmlReply(versioningDocument(versioning)),
});
