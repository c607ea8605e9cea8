/**
 * PutObjectTagging, of the current or the named version. A policy may ask for the tags that are to be
 * set (`s3:RequestObjectTag/...`), which are in the body: it is read before the decision.
 */
import { requestTagConditions } from '../../access/policy/tag-conditions.ts';
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { absenceTold } from '../read-object.ts';
import { emptyReply } from '../reply.ts';
import { taggedObject, versionHeaders } from '../tagged-object.ts';
import { readTagging } from '../xml/tagging.ts';

export const putObjectTagging = operation({
  name: 'PutObjectTagging',
  route: { method: 'PUT', resource: 'object', query: ['tagging'] },
  body: 'document',
  gives: [],
  decides: 'per-item',
  input: taggedObject,
  permissions: () => [],
  run: async (call, input) => {
    const tags = readTagging(await call.document(), 'object');
    const action =
      input.versionId === undefined ? 's3:PutObjectTagging' : 's3:PutObjectVersionTagging';
    const permission = { ...onObject(action, input), context: requestTagConditions(tags) };
    if (!(await call.allowed(permission))) throw new Refusal('AccessDenied');
    return absenceTold(call, input.bucket, call.store.objects.setTags({ ...input, tags }));
  },
  output: ({ versionId }) => emptyReply(200, versionHeaders(versionId)),
});
