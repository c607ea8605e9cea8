/**
 * CompleteMultipartUpload: makes the object from its parts. A retry after success is answered as the
 * first time (the store's tombstone); one that takes long is kept alive (`slow-reply.ts`).
 */
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { type Headers, type HttpReply, header } from '../../http/exchange.ts';
import type { Written } from '../../store/objects.ts';
import type { Upload } from '../../store/uploads.ts';
import { checksumElements, declaredObjectChecksum, requestedType } from '../headers/checksum.ts';
import { writeConditions } from '../headers/conditions.ts';
import { quoteEtag } from '../headers/etag.ts';
import { sseHeaders } from '../headers/sse.ts';
import { objectUrl } from '../location.ts';
import { type Call, type S3Request, operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { type Awaited, lateReply, soon } from '../slow-reply.ts';
import { requestedUpload, uploadFact } from '../upload-name.ts';
import { comparesEtag, writtenHeaders } from '../write-object.ts';
import { readCompleteMultipartUpload } from '../xml/complete-multipart-upload.ts';
import { textElement, xmlDocument } from '../xml/write.ts';

export const completeMultipartUpload = operation({
  name: 'CompleteMultipartUpload',
  route: { method: 'POST', resource: 'object', query: ['uploadId'] },
  body: 'document',
  gives: ['checksum', 'conditional-write'],
  input: (request) => ({
    upload: requestedUpload(request),
    checksumType: requestedType(request.headers),
    options: completeOptions(request),
  }),
  permissions: ({ upload, options }) => [
    onObject('s3:PutObject', upload),
    ...(comparesEtag(options.conditions?.ifMatch) ? [onObject('s3:GetObject', upload)] : []),
  ],
  facts: ({ upload }) => uploadFact(upload),
  run: async (call, { upload, checksumType, options }) => {
    const created = await uploadInProgress(call, upload);
    if (created !== undefined) checkType(created, checksumType);
    const parts = readCompleteMultipartUpload(await call.document());
    const written = await soon(call.store.uploads.complete({ ...upload, parts, ...options }));
    return { created, written };
  },
  output: ({ created, written }, { upload }, call): HttpReply =>
    completedReply(call, { created, written, name: upload }),
});

interface Completed {
  readonly created: Upload | undefined;
  readonly written: Awaited<Written>;
  readonly name: { readonly bucket: string; readonly key: string };
}

function completedReply(call: Call, { created, written, name }: Completed): HttpReply {
  const document = ({ etag, checksum }: Written): string =>
    xmlDocument(
      'CompleteMultipartUploadResult',
      textElement('Location', objectUrl(call.settings.publicUrl, name)) +
        textElement('Bucket', name.bucket) +
        textElement('Key', name.key) +
        textElement('ETag', quoteEtag(etag)) +
        checksumElements(checksum),
    );
  if (written.kind === 'late') {
    const headers = { ...sseHeaders(created?.protection ?? 'none') };
    return lateReply(call, written.outcome, { headers, document });
  }
  // ETag and checksum stand in the document, and there alone.
  const { ETag: _, ...headers } = writtenHeaders({ ...written.value, checksum: undefined });
  return xmlReply(document(written.value), headers);
}

function completeOptions({ headers }: S3Request) {
  const conditions = writeConditions(headers);
  const checksum = declaredObjectChecksum(headers);
  const size = declaredSize(headers);
  return {
    ...(conditions === undefined ? {} : { conditions }),
    ...(checksum === undefined ? {} : { checksum }),
    ...(size === undefined ? {} : { size }),
  };
}

const sizeHeader = 'x-amz-mp-object-size';

function declaredSize(headers: Headers): number | undefined {
  const text = header(headers, sizeHeader)?.trim();
  if (text === undefined) return undefined;
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (size <= s3Limits.objectBytesMax) return size;
  throw new Refusal('InvalidRequest', { message: `Value for ${sizeHeader} header is invalid.` });
}

/** The upload; undefined for one that is completed already (or never was: the store knows). */
function uploadInProgress(call: Call, name: Parameters<Call['store']['uploads']['get']>[1]) {
  return call.store.uploads.get(call.view, name).then(undefined, (error: unknown) => {
    if (error instanceof Refusal && error.code === 'NoSuchUpload') return undefined;
    throw error;
  });
}

function checkType({ checksum }: Upload, requested: ReturnType<typeof requestedType>): void {
  if (requested === undefined || checksum === undefined || checksum.type === requested) return;
  throw new Refusal('InvalidRequest', {
    message: `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
  });
}
