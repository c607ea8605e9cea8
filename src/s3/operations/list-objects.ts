/** ListObjects, the first version: pages begin after a marker that is a key or a common prefix. */
import { commonPrefixElements, invalid, listParameters, nameWriter } from '../list-parameters.ts';
import { operation } from '../operation.ts';
import { onBucket } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { lastModifiedElement, objectElements } from '../xml/listed-object.ts';
import { ownerElement } from '../xml/owner.ts';
import { textElement, xmlDocument } from '../xml/write.ts';

export const listObjects = operation({
  name: 'ListObjects',
  route: { method: 'GET', resource: 'bucket' },
  body: 'none',
  gives: [],
  input: ({ query, target }) => {
    const type = query.get('list-type') ?? '1';
    if (type !== '1') throw invalid('list-type', type, 'Invalid List Type specified in Request');
    const marker = query.get('marker') ?? '';
    return { bucket: bucketOf(target), ...listParameters(query, 'max-keys'), marker };
  },
  permissions: ({ bucket }) => [onBucket('s3:ListBucket', bucket)],
  run: async (call, input) => {
    const { account } = await call.store.buckets.get(call.view, input.bucket);
    const page = await call.store.listing.objects(call.view, { ...input, after: input.marker });
    return { page, owner: await call.account(account) };
  },
  output: ({ page, owner }, input) => {
    const write = nameWriter(input);
    const { delimiter, encodingType } = input;
    // AWS gives it with a delimiter only: without one it is the last key.
    const next = page.truncated && delimiter !== '' ? page.last : undefined;
    const ownedBy = ownerElement(owner);
    let body =
      textElement('Name', input.bucket) +
      write('Prefix', input.prefix) +
      write('Marker', input.marker) +
      write('NextMarker', next) +
      textElement('MaxKeys', input.limit) +
      write('Delimiter', delimiter || undefined) +
      textElement('EncodingType', encodingType) +
      textElement('IsTruncated', page.truncated);
    for (const object of page.objects) {
      body += `<Contents>${write('Key', object.key)}${lastModifiedElement(object)}`;
      body += `${objectElements(object)}${ownedBy}</Contents>`;
    }
    body += commonPrefixElements(page.commonPrefixes, write);
    return xmlReply(xmlDocument('ListBucketResult', body));
  },
});
