/** ListParts: the parts of an upload in progress, by number. */
import { isoTime } from '../../base/time.ts';
import type { UploadedPart } from '../../store/uploads.ts';
import { quoteEtag } from '../headers/etag.ts';
import { initiatorElement } from '../initiator.ts';
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { partChecksumElements } from '../part-number.ts';
import { partPage, partPageElements } from '../part-page.ts';
import { xmlReply } from '../reply.ts';
import { requestedUpload } from '../upload-name.ts';
import { ownerElement } from '../xml/owner.ts';
import { element, textElement, xmlDocument } from '../xml/write.ts';

export const listParts = operation({
  name: 'ListParts',
  route: { method: 'GET', resource: 'object', query: ['uploadId'] },
  body: 'none',
  gives: [],
  input: (request) => ({
    ...requestedUpload(request),
    ...partPage(
      ['max-parts', request.query.get('max-parts')],
      ['part-number-marker', request.query.get('part-number-marker')],
    ),
  }),
  permissions: (input) => [onObject('s3:ListMultipartUploadParts', input)],
  run: async (call, input) => {
    const page = await call.store.uploads.listParts(call.view, input);
    return { ...page, owner: await call.account(page.upload.account) };
  },
  output: ({ upload, parts, more, owner }, input) =>
    xmlReply(
      xmlDocument(
        'ListPartsResult',
        textElement('Bucket', input.bucket) +
          textElement('Key', input.key) +
          textElement('UploadId', input.uploadId) +
          initiatorElement(upload.initiator) +
          ownerElement(owner) +
          textElement('StorageClass', 'STANDARD') +
          partPageElements(input, { numbers: parts.map(({ number }) => number), more }) +
          textElement('ChecksumAlgorithm', upload.checksum?.algorithm) +
          textElement('ChecksumType', upload.checksum?.type) +
          parts.map(partElement).join(''),
      ),
    ),
});

function partElement({ number, modified, etag, size, checksums }: UploadedPart): string {
  return element(
    'Part',
    textElement('PartNumber', number) +
      textElement('LastModified', isoTime(modified)) +
      textElement('ETag', quoteEtag(etag)) +
      textElement('Size', size) +
      partChecksumElements(checksums),
  );
}
