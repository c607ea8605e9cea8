/** GetBucketAcl. Coffer has no ACLs: the owner has FULL_CONTROL and nobody else is named. */
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { ownerOnlyPolicy } from '../xml/access-control-policy.ts';

export const getBucketAcl = operation({
  name: 'GetBucketAcl',
  route: { method: 'GET', resource: 'bucket', query: ['acl'] },
  body: 'none',
  gives: [],
  input: ({ target }) => ({ bucket: bucketOf(target) }),
  permissions: ({ bucket }) => [onBucket('s3:GetBucketAcl', bucket)],
  run: async (call, { bucket }) => {
    const { account } = await call.store.buckets.get(call.view, bucket);
    return call.account(account);
  },
  output: (owner) => xmlReply(ownerOnlyPolicy(owner)),
});
