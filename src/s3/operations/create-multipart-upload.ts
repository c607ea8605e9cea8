/**
 * CreateMultipartUpload: says once what the object will be. Its `x-amz-*` headers are kept, because
 * parts and their completion are judged by them (S3-BEHAVIOURS 7).
 */
import type { Headers } from '../../http/exchange.ts';
import type { CreateUploadInput } from '../../store/uploads.ts';
import { requestedChecksum } from '../headers/checksum.ts';
import { sseHeaders } from '../headers/sse.ts';
import { initiatorOf } from '../initiator.ts';
import { operation } from '../operation.ts';
import { xmlReply } from '../reply.ts';
import { objectOf } from '../target.ts';
import { checkAcl, writePermissions, writeRequest } from '../write-object.ts';
import { textElement, xmlDocument } from '../xml/write.ts';

export const createMultipartUpload = operation({
  name: 'CreateMultipartUpload',
  route: { method: 'POST', resource: 'object', query: ['uploads'] },
  body: 'none',
  gives: ['sse', 'checksum', 'acl', 'tagging', 'storage-class', 'metadata'],
  input: (request) => ({
    write: writeRequest(request, objectOf(request.target)),
    checksum: requestedChecksum(request.headers),
  }),
  permissions: ({ write }) => writePermissions(write),
  run: async (call, { write, checksum }) => {
    await checkAcl(call, write);
    const { bucket, key, facts, sse } = write;
    const { account } = await call.store.buckets.get(call.view, bucket);
    const upload: CreateUploadInput = {
      bucket,
      key,
      facts,
      sse,
      // Objects are their bucket's owner's, whoever writes them.
      account,
      initiator: initiatorOf(call.identity),
      requestHeaders: keptHeaders(call.headers),
    };
    return call.store.uploads.create(checksum === undefined ? upload : { ...upload, checksum });
  },
  output: ({ uploadId, protection, checksum }, { write: { bucket, key } }) =>
    xmlReply(
      xmlDocument(
        'InitiateMultipartUploadResult',
        textElement('Bucket', bucket) + textElement('Key', key) + textElement('UploadId', uploadId),
      ),
      {
        ...sseHeaders(protection),
        ...(checksum === undefined
          ? {}
          : {
              'x-amz-checksum-algorithm': checksum.algorithm,
              'x-amz-checksum-type': checksum.type,
            }),
      },
    ),
});

/** Of this one request, and nothing about the object: credentials above all are not kept. */
const ofRequest =
  /^x-amz-(?:algorithm|content-sha256|credential|date|expires|meta-.*|security-token|signature|signedheaders|user-agent)$/;

function keptHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, values] of headers) {
    if (name.startsWith('x-amz-') && !ofRequest.test(name)) kept[name] = values.join(',');
  }
  return kept;
}
