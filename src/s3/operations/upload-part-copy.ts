/** UploadPartCopy: a part whose bytes are an object's, or a range of them in plaintext coordinates. */
import { isoTime } from '../../base/time.ts';
import { copied, copyRequest, onSource } from '../copy.ts';
import { quoteEtag } from '../headers/etag.ts';
import { copySourceRange } from '../headers/range.ts';
import { sseHeaders } from '../headers/sse.ts';
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { partChecksumElements, requiredPartNumber } from '../part-number.ts';
import { xmlReply } from '../reply.ts';
import { requestedUpload, uploadFact } from '../upload-name.ts';
import { textElement, xmlDocument } from '../xml/write.ts';

export const uploadPartCopy = operation({
  name: 'UploadPartCopy',
  route: {
    method: 'PUT',
    resource: 'object',
    query: ['partNumber', 'uploadId'],
    header: 'x-amz-copy-source',
  },
  body: 'none',
  gives: [],
  input: (request) => ({
    upload: requestedUpload(request),
    number: requiredPartNumber(request.query),
    copy: copyRequest(request),
    range: copySourceRange(request.headers),
  }),
  permissions: ({ upload, copy }) => [
    onObject('s3:PutObject', upload),
    onSource('Object', copy.source),
  ],
  facts: ({ upload }) => uploadFact(upload),
  run: (call, { upload, number, copy, range }) => {
    const { uploads } = call.store;
    return copied(call, copy, (precondition) => {
      const part = { ...upload, number, source: copy.source, precondition };
      return uploads.copyPart(range === undefined ? part : { ...part, range });
    });
  },
  output: ({ etag, modified, checksums, protection, sourceVersionId }) =>
    xmlReply(
      xmlDocument(
        'CopyPartResult',
        textElement('LastModified', isoTime(modified)) +
          textElement('ETag', quoteEtag(etag)) +
          partChecksumElements(checksums),
      ),
      {
        ...sseHeaders(protection),
        ...(sourceVersionId === undefined
          ? {}
          : { 'x-amz-copy-source-version-id': sourceVersionId }),
      },
    ),
});
