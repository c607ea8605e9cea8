/** ListObjectsV2: pages begin after `start-after` or after where a continuation token says. */
import { decodeToken, encodeToken } from '../continuation-token.ts';
import { commonPrefixElements, listParameters, nameWriter } from '../list-parameters.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { lastModifiedElement, objectElements } from '../xml/listed-object.ts';
import { ownerElement } from '../xml/owner.ts';
import { textElement, xmlDocument } from '../xml/write.ts';

export const listObjectsV2 = operation({
  name: 'ListObjectsV2',
  route: { method: 'GET', resource: 'bucket', queryValue: ['list-type', '2'] },
  body: 'none',
  gives: [],
  input: ({ query, target }) => {
    const token = query.get('continuation-token');
    const startAfter = query.get('start-after');
    return {
      bucket: bucketOf(target),
      ...listParameters(query, 'max-keys'),
      token,
      startAfter,
      after: decodeToken(token) ?? startAfter ?? '',
      fetchOwner: query.get('fetch-owner') === 'true',
    };
  },
  permissions: ({ bucket }) => [onBucket('s3:ListBucket', bucket)],
  run: async (call, input) => {
    const page = await call.store.listing.objects(call.view, input);
    if (!input.fetchOwner) return { page, owner: undefined };
    const { account } = await call.store.buckets.get(call.view, input.bucket);
    return { page, owner: await call.account(account) };
  },
  output: ({ page, owner }, input) => {
    const write = nameWriter(input);
    const { objects, commonPrefixes, truncated, last } = page;
    const next = truncated && last !== undefined ? encodeToken(last) : undefined;
    const ownedBy = ownerElement(owner);
    let body =
      textElement('Name', input.bucket) +
      write('Prefix', input.prefix) +
      write('StartAfter', input.startAfter) +
      textElement('ContinuationToken', input.token) +
      textElement('NextContinuationToken', next) +
      textElement('KeyCount', objects.length + commonPrefixes.length) +
      textElement('MaxKeys', input.limit) +
      write('Delimiter', input.delimiter || undefined) +
      textElement('EncodingType', input.encodingType) +
      textElement('IsTruncated', truncated);
    for (const object of objects) {
      body += `<Contents>${write('Key', object.key)}${lastModifiedElement(object)}`;
      body += `${objectElements(object)}${ownedBy}</Contents>`;
    }
    body += commonPrefixElements(commonPrefixes, write);
    return xmlReply(xmlDocument('ListBucketResult', body));
  },
});
