/** `OwnershipControls` (S3 API reference of PutBucketOwnershipControls, 2026-11-24): one rule. */
import { Refusal } from '../../base/refusal.ts';
import type { Ownership } from '../../store/buckets.ts';
import { malformed, readXml } from './read.ts';
import { members, named, oneOf, required } from './shape.ts';
import { element as wrap, textElement, xmlDocument } from './write.ts';

const root = 'OwnershipControls';
const ownerships: readonly Ownership[] = [
  'BucketOwnerEnforced',
  'BucketOwnerPreferred',
  'ObjectWriter',
];

/** Throws `MalformedXML`. */
export function readOwnershipControls(bytes: Uint8Array): Ownership {
  const document = named(readXml(bytes), root);
  const [rule, second] = members(document, [], ['Rule']).all('Rule');
  if (rule === undefined || second !== undefined) {
    throw malformed(`${root} has exactly one Rule`, document.place());
  }
  const found = required(rule, members(rule, [member]).one(member), member);
  return oneOf(found, ownerships);
}

/** `x-amz-object-ownership` of CreateBucket. Throws `InvalidArgument`. */
export function requestedOwnership(value: string | undefined): Ownership | undefined {
  if (value === undefined) return undefined;
  const found = ownerships.find((ownership) => ownership === value);
  if (found !== undefined) return found;
  throw new Refusal('InvalidArgument', {
    message: 'Invalid x-amz-object-ownership header',
    fields: { ArgumentName: 'x-amz-object-ownership', ArgumentValue: value },
  });
}

/** The reply of GetBucketOwnershipControls. */
export function ownershipControlsDocument(ownership: Ownership): string {
  return xmlDocument(root, wrap('Rule', textElement(member, ownership)));
}

const member = 'ObjectOwnership';
