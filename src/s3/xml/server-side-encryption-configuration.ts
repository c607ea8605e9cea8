/**
 * `ServerSideEncryptionConfiguration` (S3 API reference of PutBucketEncryption, 2026-11-24): one rule,
 * AES256. aws:kms and blocked encryption types are refused by name.
 */
import { Refusal } from '../../base/refusal.ts';
import type { BucketEncryption } from '../../store/buckets.ts';
import { type XmlElement, malformed, readXml } from './read.ts';
import { boolean, leaf, members, named, required } from './shape.ts';
import { element as wrap, textElement, xmlDocument } from './write.ts';

const root = 'ServerSideEncryptionConfiguration';
const byDefault = 'ApplyServerSideEncryptionByDefault';
/** AWS's other algorithms for a bucket's default, from the service model of S3. */
const otherAlgorithms = ['aws:kms', 'aws:kms:dsse', 'aws:fsx', 'aws:backup'];

/** Throws `MalformedXML` (an unknown algorithm, not exactly one rule), `NotImplemented`. */
export function readEncryptionConfiguration(bytes: Uint8Array): BucketEncryption {
  const document = named(readXml(bytes), root);
  const [rule, second] = members(document, [], ['Rule']).all('Rule');
  if (rule === undefined || second !== undefined) {
    throw malformed(`${root} has exactly one Rule`, document.place());
  }
  const parts = members(rule, [byDefault, 'BucketKeyEnabled', 'BlockedEncryptionTypes']);
  if (parts.one('BlockedEncryptionTypes') !== undefined) {
    throw new Refusal('NotImplemented', { message: 'BlockedEncryptionTypes is not implemented.' });
  }
  checkDefault(required(rule, parts.one(byDefault), byDefault));
  const bucketKey = parts.one('BucketKeyEnabled');
  return { algorithm: 'AES256', bucketKey: bucketKey !== undefined && boolean(bucketKey) };
}

/** The reply of GetBucketEncryption. */
export function encryptionDocument({ algorithm, bucketKey }: BucketEncryption): string {
  const rule =
    wrap(byDefault, textElement('SSEAlgorithm', algorithm)) +
    textElement('BucketKeyEnabled', bucketKey);
  return xmlDocument(root, wrap('Rule', rule));
}

function checkDefault(element: XmlElement): void {
  const parts = members(element, ['SSEAlgorithm', 'KMSMasterKeyID']);
  const named = required(element, parts.one('SSEAlgorithm'), 'SSEAlgorithm');
  const algorithm = leaf(named).trim();
  if (otherAlgorithms.includes(algorithm)) {
    throw new Refusal('NotImplemented', {
      message: `Default encryption with ${algorithm} is not implemented; AES256 is.`,
    });
  }
  if (algorithm !== 'AES256') throw malformed('SSEAlgorithm is not AES256', named.place());
  if (parts.one('KMSMasterKeyID') !== undefined) {
    throw new Refusal('InvalidArgument', {
      message:
        'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
      fields: { ArgumentName: byDefault },
    });
  }
}
