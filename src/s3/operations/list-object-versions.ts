/** ListObjectVersions: versions and delete markers, newest first within a key. */
import type { ListedVersion } from '../../store/listing.ts';
import {
  type WriteName,
  commonPrefixElements,
  invalid,
  listParameters,
  nameWriter,
} from '../list-parameters.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import type { Query } from '../query.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { lastModifiedElement, objectElements } from '../xml/listed-object.ts';
import { ownerElement } from '../xml/owner.ts';
import { textElement, xmlDocument } from '../xml/write.ts';

export const listObjectVersions = operation({
  name: 'ListObjectVersions',
  route: { method: 'GET', resource: 'bucket', query: ['versions'] },
  body: 'none',
  gives: [],
  input: ({ query, target }) => ({
    bucket: bucketOf(target),
    ...listParameters(query, 'max-keys'),
    keyMarker: query.get('key-marker') ?? '',
    ...versionIdMarker(query),
  }),
  permissions: ({ bucket }) => [onBucket('s3:ListBucketVersions', bucket)],
  run: async (call, input) => {
    const { account } = await call.store.buckets.get(call.view, input.bucket);
    const page = await call.store.listing.versions(call.view, input);
    return { page, owner: await call.account(account) };
  },
  output: ({ page, owner }, input) => {
    const write = nameWriter(input);
    const ownedBy = ownerElement(owner);
    let body =
      textElement('Name', input.bucket) +
      write('Prefix', input.prefix) +
      write('KeyMarker', input.keyMarker) +
      textElement('VersionIdMarker', input.versionIdMarker ?? '') +
      write('NextKeyMarker', page.nextKeyMarker) +
      textElement('NextVersionIdMarker', page.nextVersionIdMarker) +
      textElement('MaxKeys', input.limit) +
      write('Delimiter', input.delimiter || undefined) +
      textElement('EncodingType', input.encodingType) +
      textElement('IsTruncated', page.truncated);
    for (const version of page.versions) body += versionElement(version, write, ownedBy);
    body += commonPrefixElements(page.commonPrefixes, write);
    return xmlReply(xmlDocument('ListVersionsResult', body));
  },
});

function versionElement(version: ListedVersion, write: WriteName, ownedBy: string): string {
  const common =
    write('Key', version.key) +
    textElement('VersionId', version.versionId) +
    `<IsLatest>${version.latest}</IsLatest>` +
    lastModifiedElement(version);
  return version.deleteMarker
    ? `<DeleteMarker>${common}${ownedBy}</DeleteMarker>`
    : `<Version>${common}${objectElements(version)}${ownedBy}</Version>`;
}

function versionIdMarker(query: Query): { readonly versionIdMarker?: string } {
  const name = 'version-id-marker';
  const value = query.get(name);
  if (value === undefined) return {};
  const hasKey = (query.get('key-marker') ?? '') !== '';
  if (value === '') {
    // Clients that send both empty mean the beginning.
    if (!hasKey) return {};
    throw invalid(name, value, 'A version-id marker cannot be empty.');
  }
  if (hasKey) return { versionIdMarker: value };
  throw invalid(name, value, 'A version-id marker cannot be specified without a key marker.');
}
