/**
 * GetObjectAcl. Coffer has no ACLs: every object is its bucket owner's, who has FULL_CONTROL, and
 * nobody else is named.
 */
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { openObject } from '../read-object.ts';
import { xmlReply } from '../reply.ts';
import { objectOf } from '../target.ts';
import { requestedVersion } from '../version-id.ts';
import { ownerOnlyPolicy } from '../xml/access-control-policy.ts';

export const getObjectAcl = operation({
  name: 'GetObjectAcl',
  route: { method: 'GET', resource: 'object', query: ['acl'] },
  body: 'none',
  gives: [],
  input: ({ target, query }) => {
    const versionId = requestedVersion(query);
    return versionId === undefined ? objectOf(target) : { ...objectOf(target), versionId };
  },
  permissions: (input) => [
    onObject('versionId' in input ? 's3:GetObjectVersionAcl' : 's3:GetObjectAcl', input),
  ],
  run: async (call, input) => {
    // Opened for its refusals only: a missing object has no ACL.
    await openObject(call, input);
    const { account } = await call.store.buckets.get(call.view, input.bucket);
    return call.account(account);
  },
  output: (owner) => xmlReply(ownerOnlyPolicy(owner)),
});
