/** GetBucketRequestPayment. There are no requester-pays buckets, and the answer is AWS's for that. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { textElement, xmlDocument } from '../xml/write.ts';

export const getBucketRequestPayment = operation({
  name: 'GetBucketRequestPayment',
  route: { method: 'GET', resource: 'bucket', query: ['requestPayment'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketRequestPayment', bucket)],
  run: ({ store, view }, { bucket }) => store.buckets.get(view, bucket),
  output: () =>
    xmlReply(xmlDocument('RequestPaymentConfiguration', textElement('Payer', 'BucketOwner'))),
});
