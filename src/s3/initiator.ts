/** Who began an upload, as its listings tell it (`Initiator`, S3 API reference, 2026-11-24). */
import { type Identity, identityArn } from '../access/identity.ts';
import type { Upload } from '../store/uploads.ts';
import { element, textElement } from './xml/write.ts';

/** A user by its ARN, an account's root by its canonical id. */
export function initiatorOf(identity: Identity): Upload['initiator'] {
  switch (identity.kind) {
    case 'root':
      return { id: identity.account.canonicalId, displayName: identity.account.name };
    case 'user':
      return { id: identityArn(identity) ?? identity.userId, displayName: identity.userName };
    case 'anonymous':
      return { id: anonymousId, displayName: 'anonymous' };
  }
}

export function initiatorElement({ id, displayName }: Upload['initiator']): string {
  return element('Initiator', textElement('ID', id) + textElement('DisplayName', displayName));
}

/** AWS's canonical id of nobody ("Bucket policy examples" and "Object ownership", user guide). */
const anonymousId = '65a011a29cdf8ec533ec3d1ccaae921c';
