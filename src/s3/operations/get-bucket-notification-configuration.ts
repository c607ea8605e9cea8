/** GetBucketNotificationConfiguration. Event notifications are not built: no bucket has any, and the answer is AWS's for that. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { xmlDocument } from '../xml/write.ts';

export const getBucketNotificationConfiguration = operation({
  name: 'GetBucketNotificationConfiguration',
  route: { method: 'GET', resource: 'bucket', query: ['notification'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketNotification', bucket)],
  run: ({ store, view }, { bucket }) => store.buckets.get(view, bucket),
  output: () => xmlReply(xmlDocument('NotificationConfiguration', '')),
});
