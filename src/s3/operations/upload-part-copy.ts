/**
 * UploadPartCopy: a part whose bytes are an object's, or a range of them in plaintext coordinates.
 * One that takes long is kept alive (`slow-reply.ts`).
 */
import { isoTime } from '../../base/time.ts';
import type { UploadedPart } from '../../store/uploads.ts';
import { copied, copyRequest, onSource } from '../copy.ts';
import { quoteEtag } from '../headers/etag.ts';
import { copySourceRange } from '../headers/range.ts';
import { sseHeaders } from '../headers/sse.ts';
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { partChecksumElements, requiredPartNumber } from '../part-number.ts';
import { xmlReply } from '../reply.ts';
import { lateReply, slowCopyMs, soon } from '../slow-reply.ts';
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
  run: async (call, { upload, number, copy, range }) => {
    const { uploads } = call.store;
    const copying = copied(call, copy, (precondition) => {
      const part = { ...upload, number, source: copy.source, precondition };
      return uploads.copyPart(range === undefined ? part : { ...part, range });
    });
    const made = await soon(copying, slowCopyMs);
    if (made.kind === 'done') return made;
    return { ...made, protection: (await uploads.get(call.view, upload)).protection };
  },
  output: (part, _, call) => {
    if (part.kind === 'late') {
      return lateReply(call, part.outcome, { headers: sseHeaders(part.protection), document });
    }
    const { protection, sourceVersionId } = part.value;
    const headers: Record<string, string> = { ...sseHeaders(protection) };
    if (sourceVersionId !== undefined) headers['x-amz-copy-source-version-id'] = sourceVersionId;
    return xmlReply(document(part.value), headers);
  },
});

function document({ etag, modified, checksums }: UploadedPart): string {
  return xmlDocument(
    'CopyPartResult',
    textElement('LastModified', isoTime(modified)) +
      textElement('ETag', quoteEtag(etag)) +
      partChecksumElements(checksums),
  );
}
