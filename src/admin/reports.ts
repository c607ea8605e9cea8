/** What the store's rooms tell, as the contract's JSON says it. */
import type { GivenKey, KeyDetail } from '../access/access-keys.ts';
import type { AccountDetail } from '../access/accounts.ts';
import type { UserDetail } from '../access/users.ts';
import { isoTime } from '../base/time.ts';
import type { AccessKeyReport, AccountReport, UserReport } from './contract.ts';
import type { Members } from './members.ts';

export function accountReport(account: AccountDetail): AccountReport {
  const { name, id, canonicalId, createdAt, users, accessKeys } = account;
  return { name, id, canonicalId, createdAt: isoTime(createdAt), users, accessKeys };
}

/** `account` is the account's name. */
export function userReport(user: UserDetail, account: string): UserReport {
  const { name, id, arn, createdAt, policy = null, accessKeys } = user;
  return { name, id, account, arn, createdAt: isoTime(createdAt), policy, accessKeys };
}

export function accessKeyReport(key: KeyDetail, account: string): AccessKeyReport {
  const { accessKeyId, user = null, enabled, createdAt } = key;
  return { accessKeyId, account, user, enabled, createdAt: isoTime(createdAt) };
}

/** The `accessKey` member of a request: an id and a secret of the caller's choice. */
export function givenKey(body: Members): GivenKey | undefined {
  const given = body.objectIf('accessKey');
  if (given === undefined) return undefined;
  return { accessKeyId: given.text('accessKeyId'), secretKey: given.text('secretKey') };
}
