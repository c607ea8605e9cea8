/** GetBucketPolicyStatus: whether the policy is public, in AWS's meaning of the word. */
import { parseBucketPolicy } from '../../access/policy/parse.ts';
import { isPublic } from '../../access/policy/public.ts';
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { textElement, xmlDocument } from '../xml/write.ts';

export const getBucketPolicyStatus = operation({
  name: 'GetBucketPolicyStatus',
  route: { method: 'GET', resource: 'bucket', query: ['policyStatus'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketPolicyStatus', bucket)],
  run: async ({ store, view }, { bucket }) => {
    const text = await store.buckets.policy(view, bucket);
    if (text !== undefined) return isPublic(parseBucketPolicy(text, { bucket }));
    throw new Refusal('NoSuchBucketPolicy', { fields: { BucketName: bucket } });
  },
  output: (found) => xmlReply(xmlDocument('PolicyStatus', textElement('IsPublic', found))),
});
