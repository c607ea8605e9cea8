/** `PublicAccessBlockConfiguration` (S3 API reference of PutPublicAccessBlock, 2026-11-24). */
import type { PublicAccessBlock } from '../../store/buckets.ts';
import { readXml } from './read.ts';
import { boolean, members, named } from './shape.ts';
import { textElement, xmlDocument } from './write.ts';

const root = 'PublicAccessBlockConfiguration';
const settings = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;

/** A setting that the document leaves out is false. Throws `MalformedXML`. */
export function readPublicAccessBlock(bytes: Uint8Array): PublicAccessBlock {
  const parts = members(named(readXml(bytes), root), settings);
  const on = (name: (typeof settings)[number]): boolean => {
    const found = parts.one(name);
    return found !== undefined && boolean(found);
  };
  return {
    blockPublicAcls: on('BlockPublicAcls'),
    ignorePublicAcls: on('IgnorePublicAcls'),
    blockPublicPolicy: on('BlockPublicPolicy'),
    restrictPublicBuckets: on('RestrictPublicBuckets'),
  };
}

/** The reply of GetPublicAccessBlock. */
export function publicAccessBlockDocument(block: PublicAccessBlock): string {
  return xmlDocument(
    root,
    textElement('BlockPublicAcls', block.blockPublicAcls) +
      textElement('IgnorePublicAcls', block.ignorePublicAcls) +
      textElement('BlockPublicPolicy', block.blockPublicPolicy) +
      textElement('RestrictPublicBuckets', block.restrictPublicBuckets),
  );
}
