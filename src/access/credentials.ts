/** From an access key id to who signs with it, as the store has it at this moment. */
import { Fault } from '../base/refusal.ts';
import { accessKeyRow } from '../rows/access-key-row.ts';
import { accountRow } from '../rows/account-row.ts';
import type { RowView } from '../rows/rows.ts';
import { userRow } from '../rows/user-row.ts';
import type { RootIdentity, UserIdentity } from './identity.ts';
import type { SigningCredential } from './signature/verified.ts';

export interface Credential extends SigningCredential {
  /** A key that was made anew under its old id is another one. */
  readonly createdAt: Date;
  readonly identity: RootIdentity | UserIdentity;
}

/**
 * The credential under an access key id, or undefined. A key whose account or user is missing is
 * damage, not an absent key: both are deleted in one transaction with their keys.
 */
export async function credentialFor(
  view: RowView,
  accessKeyId: string,
): Promise<Credential | undefined> {
  const key = await view.get(accessKeyRow, accessKeyId);
  if (key === undefined) return undefined;
  const row = await view.get(accountRow, key.account);
  if (row === undefined) throw orphan(accessKeyId);
  const account = { id: key.account, name: row.name, canonicalId: row.canonicalId };
  const { secret: secretKey, enabled, createdAt } = key;
  if (key.user === undefined) {
    const identity: RootIdentity = { kind: 'root', account, accessKeyId };
    return { accessKeyId, secretKey, enabled, createdAt, identity };
  }
  const user = await view.get(userRow, { account: key.account, name: key.user });
  if (user === undefined) throw orphan(accessKeyId);
  const identity: UserIdentity = {
    kind: 'user',
    account,
    userName: key.user,
    userId: user.id,
    accessKeyId,
  };
  return { accessKeyId, secretKey, enabled, createdAt, identity };
}

function orphan(accessKeyId: string): Fault {
  return new Fault('damaged', `the access key ${accessKeyId} belongs to nobody`);
}
