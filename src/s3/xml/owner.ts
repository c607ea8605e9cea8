/** `Owner` of listings and ACLs. */
import type { Account } from '../../access/identity.ts';
import { element, textElement } from './write.ts';

/** `Owner`, or whatever else names an account so; nothing where the account is not known. */
export function ownerElement(account: Account | undefined, name: string = 'Owner'): string {
  return account === undefined ? '' : element(name, accountElements(account));
}

/** `ID` and `DisplayName` of an account. */
export function accountElements(account: Account): string {
  return textElement('ID', account.canonicalId) + textElement('DisplayName', account.name);
}
