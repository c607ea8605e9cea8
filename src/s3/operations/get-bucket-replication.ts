/** GetBucketReplication. Replication is not built: no bucket has it, and the answer is AWS's for that. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const getBucketReplication = operation({
  name: 'GetBucketReplication',
  route: { method: 'GET', resource: 'bucket', query: ['replication'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetReplicationConfiguration', bucket)],
  run: async ({ store, view }, { bucket }): Promise<void> => {
    await store.buckets.get(view, bucket);
    throw new Refusal('ReplicationConfigurationNotFoundError', { fields: { BucketName: bucket } });
  },
  output: () => emptyReply(200),
});
