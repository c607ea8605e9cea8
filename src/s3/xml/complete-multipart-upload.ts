/**
 * `CompleteMultipartUpload`, the list of parts (S3 API reference, 2026-11-24): 1 to 10,000. Their
 * order and their ETags are for the store to judge.
 */
import { parserLimits, s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { ChecksumAlgorithm } from '../../store/checksums.ts';
import type { CompletedPart } from '../../store/uploads.ts';
import { checksumAlgorithms, checksumElementName } from '../headers/checksum.ts';
import { unquoteEtag } from '../headers/etag.ts';
import { type XmlElement, malformed, readXml } from './read.ts';
import { leaf, members, named, required } from './shape.ts';

const { partNumberMax } = s3Limits;

/** The parts in the order given. Throws `MalformedXML`, `InvalidArgument` or `NotImplemented`. */
export function readCompleteMultipartUpload(bytes: Uint8Array): readonly CompletedPart[] {
  const root = named(readXml(bytes, parserLimits.xmlListBytesMax), 'CompleteMultipartUpload');
  const parts = members(root, [], ['Part']).all('Part');
  if (parts.length === 0) {
    throw malformed('CompleteMultipartUpload lacks Part', root.place());
  }
  if (parts.length > partNumberMax) {
    throw malformed(`more than ${partNumberMax} parts`, root.place());
  }
  return parts.map(completedPart);
}

const own = checksumAlgorithms.map((algorithm) => checksumElementName(algorithm));
/** AWS's other algorithms: refused, not skipped, so that nothing passes for verified. */
const others = [
  'ChecksumMD5',
  'ChecksumSHA512',
  'ChecksumXXHASH128',
  'ChecksumXXHASH3',
  'ChecksumXXHASH64',
];
const known = ['PartNumber', 'ETag', ...own, ...others];

function completedPart(element: XmlElement): CompletedPart {
  const parts = members(element, known);
  const number = partNumber(required(element, parts.one('PartNumber'), 'PartNumber'));
  const etag = unquoteEtag(leaf(required(element, parts.one('ETag'), 'ETag')));
  for (const name of others) {
    if (parts.one(name) !== undefined) {
      throw new Refusal('NotImplemented', { message: `${name} is not implemented.` });
    }
  }
  let checksums: Partial<Record<ChecksumAlgorithm, string>> | undefined;
  for (const algorithm of checksumAlgorithms) {
    const found = parts.one(checksumElementName(algorithm));
    if (found !== undefined) (checksums ??= {})[algorithm] = leaf(found).trim();
  }
  return checksums === undefined ? { number, etag } : { number, etag, checksums };
}

function partNumber(element: XmlElement): number {
  const text = leaf(element).trim();
  if (!/^\d{1,10}$/.test(text)) throw malformed('PartNumber is no number', element.place());
  const number = Number(text);
  if (number >= 1 && number <= partNumberMax) return number;
  throw new Refusal('InvalidArgument', {
    message: `PartNumber must be an integer between 1 and ${partNumberMax}, inclusive`,
    fields: { ArgumentName: 'partNumber', ArgumentValue: text },
  });
}
