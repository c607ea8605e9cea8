/** GetObjectTagging, of the current or the named version. */
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { absenceTold } from '../read-object.ts';
import { xmlReply } from '../reply.ts';
import { taggedObject, versionHeaders } from '../tagged-object.ts';
import { taggingDocument } from '../xml/tagging.ts';

export const getObjectTagging = operation({
  name: 'GetObjectTagging',
  route: { method: 'GET', resource: 'object', query: ['tagging'] },
  body: 'none',
  gives: [],
  input: taggedObject,
  permissions: (input) => [
    onObject(
      input.versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging',
      input,
    ),
  ],
  run: (call, input) => absenceTold(call, input.bucket, call.store.objects.tags(call.view, input)),
  output: ({ tags, versionId }) => xmlReply(taggingDocument(tags), versionHeaders(versionId)),
});
