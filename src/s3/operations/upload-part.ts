/**
 * UploadPart: stores a part of an upload, in the place of an earlier one of its number. Its
 * encryption was decided when the upload was created: a header that asks for it here is refused.
 */
import { partChecksumHeaders, requiredPartNumber } from '../part-number.ts';
import { quoteEtag } from '../headers/etag.ts';
import { sseHeaders } from '../headers/sse.ts';
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { emptyReply } from '../reply.ts';
import { requestedUpload, uploadFact } from '../upload-name.ts';

export const uploadPart = operation({
  name: 'UploadPart',
  route: { method: 'PUT', resource: 'object', query: ['partNumber', 'uploadId'] },
  body: 'stream',
  gives: ['checksum'],
  input: (request) => ({
    ...requestedUpload(request),
    number: requiredPartNumber(request.query),
  }),
  permissions: (input) => [onObject('s3:PutObject', input)],
  facts: uploadFact,
  run: ({ store, payload }, input) => {
    const { bytes: body, length, declared: digests } = payload;
    return store.uploads.putPart({ ...input, body, length, digests });
  },
  output: ({ etag, protection, checksums }) =>
    emptyReply(200, {
      ETag: quoteEtag(etag),
      ...sseHeaders(protection),
      ...partChecksumHeaders(checksums),
    }),
});
