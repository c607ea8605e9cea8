/**
 * PutBucketPolicy: the text is kept byte for byte once it is understood whole. Everyone it names must
 * exist, or a misspelt right would wait for whoever gets that name.
 */
import { knownPrincipals } from '../../access/known-principals.ts';
import { parseBucketPolicy } from '../../access/policy/parse.ts';
import { isPublic } from '../../access/policy/public.ts';
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { ownBucket } from '../policy-owner.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';

export const putBucketPolicy = operation({
  name: 'PutBucketPolicy',
  route: { method: 'PUT', resource: 'bucket', query: ['policy'] },
  body: 'document',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:PutBucketPolicy', bucket)],
  run: async (call, { bucket }) => {
    const text = textOf(await call.document());
    await ownBucket(call, bucket);
    const policy = parseBucketPolicy(text, { bucket });
    const users = await knownPrincipals(call.view, policy);
    await call.store.buckets.setPolicy(bucket, { text, isPublic: isPublic(policy), users });
  },
  output: () => emptyReply(204),
});

/** The document as text that is the same bytes again when it is sent back. */
function textOf(document: Buffer): string {
  const text = document.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(document)) return text;
  throw new Refusal('MalformedPolicy', { message: 'The policy is not UTF-8 text' });
}
