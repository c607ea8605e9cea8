/** `VersioningConfiguration` (S3 API reference of PutBucketVersioning, 2026-11-24). No MFA delete. */
import { Refusal } from '../../base/refusal.ts';
import type { Versioning } from '../../store/buckets.ts';
import { readXml } from './read.ts';
import { members, named, oneOf, required } from './shape.ts';
import { textElement, xmlDocument } from './write.ts';

const root = 'VersioningConfiguration';

/** Throws `MalformedXML`, and `NotImplemented` for MFA delete. */
export function readVersioningConfiguration(bytes: Uint8Array): 'enabled' | 'suspended' {
  const document = named(readXml(bytes), root);
  const parts = members(document, ['Status', 'MfaDelete']);
  const mfa = parts.one('MfaDelete');
  if (mfa !== undefined && oneOf(mfa, ['Enabled', 'Disabled']) === 'Enabled') {
    throw new Refusal('NotImplemented', { message: 'MFA delete is not implemented.' });
  }
  const status = required(document, parts.one('Status'), 'Status');
  return oneOf(status, ['Enabled', 'Suspended']) === 'Enabled' ? 'enabled' : 'suspended';
}

/** The reply of GetBucketVersioning: empty in a bucket that never had it. */
export function versioningDocument(versioning: Versioning): string {
  const status = { off: undefined, enabled: 'Enabled', suspended: 'Suspended' }[versioning];
  return xmlDocument(root, textElement('Status', status));
}
