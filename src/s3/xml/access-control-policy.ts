/**
 * `AccessControlPolicy` as GetBucketAcl and GetObjectAcl answer it (S3 API reference, 2026-11-24).
 * Coffer has no ACLs: it says what AWS says where there are none, the owner's FULL_CONTROL.
 */
import type { Account } from '../../access/identity.ts';
import { accountElements, ownerElement } from './owner.ts';
import { element, textElement, xmlDocument } from './write.ts';

const grantee =
  '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">';

/** The reply: the owner alone, with everything. */
export function ownerOnlyPolicy(owner: Account | undefined): string {
  const grant =
    owner === undefined
      ? ''
      : element(
          'Grant',
          `${grantee}${accountElements(owner)}</Grantee>${textElement('Permission', 'FULL_CONTROL')}`,
        );
  return xmlDocument(
    'AccessControlPolicy',
    ownerElement(owner) + element('AccessControlList', grant),
  );
}
