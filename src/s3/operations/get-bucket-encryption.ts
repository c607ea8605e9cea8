/** GetBucketEncryption: only a classic bucket may have no default. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { encryptionDocument } from '../xml/server-side-encryption-configuration.ts';

export const getBucketEncryption = operation({
  name: 'GetBucketEncryption',
  route: { method: 'GET', resource: 'bucket', query: ['encryption'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetEncryptionConfiguration', bucket)],
  run: async ({ store, view }, { bucket }) => {
    const { encryption } = await store.buckets.get(view, bucket);
    if (encryption !== undefined) return encryption;
    throw new Refusal('ServerSideEncryptionConfigurationNotFoundError', {
      fields: { BucketName: bucket },
    });
  },
  output: (encryption) => xmlReply(encryptionDocument(encryption)),
});
