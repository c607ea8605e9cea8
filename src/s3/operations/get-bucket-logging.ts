/** GetBucketLogging. Server access logging is not built: it is off in every bucket, and the answer is AWS's for that. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { xmlDocument } from '../xml/write.ts';

export const getBucketLogging = operation({
  name: 'GetBucketLogging',
  route: { method: 'GET', resource: 'bucket', query: ['logging'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketLogging', bucket)],
  run: ({ store, view }, { bucket }) => store.buckets.get(view, bucket),
  output: () => xmlReply(xmlDocument('BucketLoggingStatus', '')),
});
