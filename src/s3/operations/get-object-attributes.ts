/**
 * GetObjectAttributes: what a request names of an object's ETag, checksum, parts, storage class and
 * size (S3 API reference, 2026-11-24). ETags stand without quotes here, as AWS sends them, and parts
 * only where their checksums are known.
 */
import { Refusal } from '../../base/refusal.ts';
import { httpDate } from '../../base/time.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { Checksum } from '../../store/checksums.ts';
import type { OpenedObject } from '../../store/objects.ts';
import { checksumElementName, checksumElements } from '../headers/checksum.ts';
import { operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { type PartPage, partPage, partPageElements } from '../part-page.ts';
import { openObject, readPermission } from '../read-object.ts';
import { xmlReply } from '../reply.ts';
import { objectOf } from '../target.ts';
import { requestedVersion } from '../version-id.ts';
import { element, textElement, xmlDocument } from '../xml/write.ts';

export const getObjectAttributes = operation({
  name: 'GetObjectAttributes',
  route: { method: 'GET', resource: 'object', query: ['attributes'] },
  body: 'none',
  gives: [],
  input: ({ headers, query, target }) => {
    const versionId = requestedVersion(query);
    const object = objectOf(target);
    return {
      object: versionId === undefined ? object : { ...object, versionId },
      attributes: requestedAttributes(headers),
      page: partPage(
        ['x-amz-max-parts', header(headers, 'x-amz-max-parts')],
        ['x-amz-part-number-marker', header(headers, 'x-amz-part-number-marker')],
      ),
    };
  },
  permissions: ({ object }) => [
    readPermission(object),
    onObject(
      'versionId' in object ? 's3:GetObjectVersionAttributes' : 's3:GetObjectAttributes',
      object,
    ),
  ],
  run: async (call, { object, attributes, page }) => {
    const opened = await openObject(call, object);
    const parts = attributes.has('ObjectParts') ? await partsElement(opened, page) : '';
    return { version: opened.version, parts };
  },
  output: ({ version, parts }, { attributes }) => {
    const headers: Record<string, string> = { 'Last-Modified': httpDate(version.modified) };
    if (version.versionId !== undefined) headers['x-amz-version-id'] = version.versionId;
    const told = (name: Attribute, value: string): string => (attributes.has(name) ? value : '');
    const { etag, checksum, size } = version;
    const content =
      told('ETag', textElement('ETag', etag)) +
      told('Checksum', checksumElement(checksum)) +
      parts +
      told('StorageClass', textElement('StorageClass', 'STANDARD')) +
      told('ObjectSize', textElement('ObjectSize', size));
    return xmlReply(xmlDocument('GetObjectAttributesResponse', content), headers);
  },
});

const attributeNames = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'] as const;
type Attribute = (typeof attributeNames)[number];

const attributesHeader = 'x-amz-object-attributes';

function requestedAttributes(headers: Headers): ReadonlySet<Attribute> {
  const found = new Set<Attribute>();
  for (const text of (header(headers, attributesHeader) ?? '').split(',')) {
    const name = text.trim();
    const known = attributeNames.find((attribute) => attribute === name);
    if (known !== undefined) found.add(known);
    else if (name !== '') throw invalid('Invalid attribute name specified.', name);
  }
  if (found.size > 0) return found;
  throw invalid(`${attributesHeader} must name at least one attribute.`, '');
}

function invalid(message: string, value: string): Refusal {
  return new Refusal('InvalidArgument', {
    message,
    fields: { ArgumentName: attributesHeader, ArgumentValue: value },
  });
}

function checksumElement(checksum: Checksum | undefined): string {
  return checksum === undefined ? '' : element('Checksum', checksumElements(checksum));
}

async function partsElement(opened: OpenedObject, page: PartPage): Promise<string> {
  const { partsCount, checksum } = opened.version;
  if (partsCount === undefined) return '';
  const { parts, more } = await opened.parts(page.marker, page.limit);
  const numbers = parts.map(({ number }) => number);
  let content = textElement('PartsCount', partsCount) + partPageElements(page, { numbers, more });
  for (const part of parts) {
    if (checksum === undefined || part.checksum === undefined) continue;
    content += element(
      'Part',
      textElement('PartNumber', part.number) +
        textElement('Size', part.size) +
        textElement(checksumElementName(checksum.algorithm), part.checksum),
    );
  }
  return element('ObjectParts', content);
}
