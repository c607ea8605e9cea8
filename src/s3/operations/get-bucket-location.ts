/** GetBucketLocation: empty for us-east-1, which is older than regions. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { escapeXml, xmlDocument } from '../xml/write.ts';

export const getBucketLocation = operation({
  name: 'GetBucketLocation',
  route: { method: 'GET', resource: 'bucket', query: ['location'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketLocation', bucket)],
  run: ({ store, view }, { bucket }) => store.buckets.get(view, bucket),
  output: ({ region }) =>
    xmlReply(xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : escapeXml(region))),
});
