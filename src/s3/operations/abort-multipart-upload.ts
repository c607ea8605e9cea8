/** AbortMultipartUpload: the upload and its parts are gone. */
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { requestedUpload } from '../upload-name.ts';

export const abortMultipartUpload = operation({
  name: 'AbortMultipartUpload',
  route: { method: 'DELETE', resource: 'object', query: ['uploadId'] },
  body: 'none',
  gives: [],
  input: requestedUpload,
  permissions: (input) => [onObject('s3:AbortMultipartUpload', input)],
  run: ({ store }, input) => store.uploads.abort(input),
  output: () => emptyReply(204),
});
