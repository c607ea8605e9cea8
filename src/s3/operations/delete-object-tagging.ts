/** DeleteObjectTagging: removes all tags of the current or the named version. */
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { absenceTold } from '../read-object.ts';
import { emptyReply } from '../reply.ts';
import { taggedObject, versionHeaders } from '../tagged-object.ts';

export const deleteObjectTagging = operation({
  name: 'DeleteObjectTagging',
  route: { method: 'DELETE', resource: 'object', query: ['tagging'] },
  body: 'none',
  gives: [],
  input: taggedObject,
  permissions: (input) => [
    onObject(
      input.versionId === undefined ? 's3:DeleteObjectTagging' : 's3:DeleteObjectVersionTagging',
      input,
    ),
  ],
  run: (call, input) =>
    absenceTold(call, input.bucket, call.store.objects.setTags({ ...input, tags: [] })),
  output: ({ versionId }) => emptyReply(204, versionHeaders(versionId)),
});
