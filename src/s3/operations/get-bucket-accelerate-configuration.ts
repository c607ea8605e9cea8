/** GetBucketAccelerateConfiguration. Transfer acceleration is not built: no bucket ever had it, and the answer is AWS's for that. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { xmlDocument } from '../xml/write.ts';

export const getBucketAccelerateConfiguration = operation({
  name: 'GetBucketAccelerateConfiguration',
  route: { method: 'GET', resource: 'bucket', query: ['accelerate'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetAccelerateConfiguration', bucket)],
  run: ({ store, view }, { bucket }) => store.buckets.get(view, bucket),
  output: () => xmlReply(xmlDocument('AccelerateConfiguration', '')),
});
