/** ListMultipartUploads: uploads in progress, by key and then by when they began. */
import type { Account } from '../../access/identity.ts';
import { isoTime } from '../../base/time.ts';
import type { Upload } from '../../store/uploads.ts';
import {
  type WriteName,
  commonPrefixElements,
  listParameters,
  nameWriter,
} from '../list-parameters.ts';
import { type Call, operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import type { Query } from '../query.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { ownerElement } from '../xml/owner.ts';
import { element, textElement, xmlDocument } from '../xml/write.ts';

export const listMultipartUploads = operation({
  name: 'ListMultipartUploads',
  route: { method: 'GET', resource: 'bucket', query: ['uploads'] },
  body: 'none',
  gives: [],
  input: ({ query, target }) => ({
    bucket: bucketOf(target),
    ...listParameters(query, 'max-uploads'),
    keyMarker: query.get('key-marker') ?? '',
    ...uploadIdMarker(query),
  }),
  permissions: ({ bucket }) => [onBucket('s3:ListBucketMultipartUploads', bucket)],
  run: async (call, input) => {
    const page = await call.store.listing.uploads(call.view, input);
    return { page, owners: await ownersOf(call, page.uploads) };
  },
  output: ({ page, owners }, input) => {
    const write = nameWriter(input);
    let body =
      textElement('Bucket', input.bucket) +
      write('KeyMarker', input.keyMarker) +
      textElement('UploadIdMarker', input.uploadIdMarker ?? '') +
      write('NextKeyMarker', page.nextKeyMarker) +
      textElement('NextUploadIdMarker', page.nextUploadIdMarker) +
      write('Prefix', input.prefix) +
      write('Delimiter', input.delimiter || undefined) +
      textElement('EncodingType', input.encodingType) +
      textElement('MaxUploads', input.limit) +
      textElement('IsTruncated', page.truncated);
    for (const upload of page.uploads) {
      body += uploadElement(upload, write, owners.get(upload.account));
    }
    body += commonPrefixElements(page.commonPrefixes, write);
    return xmlReply(xmlDocument('ListMultipartUploadsResult', body));
  },
});

/** AWS ignores it without a key marker. */
function uploadIdMarker(query: Query): { readonly uploadIdMarker?: string } {
  const value = query.get('upload-id-marker') ?? '';
  return value === '' ? {} : { uploadIdMarker: value };
}

function uploadElement(upload: Upload, write: WriteName, owner: Account | undefined): string {
  const { initiator, checksum } = upload;
  return element(
    'Upload',
    write('Key', upload.key) +
      textElement('UploadId', upload.uploadId) +
      element(
        'Initiator',
        textElement('ID', initiator.id) + textElement('DisplayName', initiator.displayName),
      ) +
      ownerElement(owner) +
      textElement('StorageClass', 'STANDARD') +
      textElement('Initiated', isoTime(upload.initiated)) +
      textElement('ChecksumAlgorithm', checksum?.algorithm) +
      textElement('ChecksumType', checksum?.type),
  );
}

/** The accounts of uploads, each looked up once. */
async function ownersOf(
  call: Call,
  uploads: readonly Upload[],
): Promise<ReadonlyMap<string, Account>> {
  const owners = new Map<string, Account>();
  for (const id of new Set(uploads.map(({ account }) => account))) {
    const account = await call.account(id);
    if (account !== undefined) owners.set(id, account);
  }
  return owners;
}
