/**
 * Whether everyone whom a bucket policy names exists, and who that is (S3 User Guide, "Principals for
 * bucket policies"; IAM User Guide, "Principal"; checked 2026-11-24): a name that nobody has yet, or
 * that somebody had, must not hold a right for whoever gets it. Asked when the policy is put, not
 * when it is used.
 */
import { Refusal } from '../base/refusal.ts';
import { accountRow } from '../rows/account-row.ts';
import type { RowView } from '../rows/rows.ts';
import { userRow } from '../rows/user-row.ts';
import { allRows } from './all-rows.ts';
import type { Policy } from './policy/policy.ts';
import { namedPrincipals } from './policy/principals.ts';

/**
 * The unique ids of the users whom the policy names by ARN, by ARN; undefined where it names none.
 * Throws AWS's `MalformedPolicy` for a policy that names an account or user that is not there.
 */
export async function knownPrincipals(
  view: RowView,
  policy: Policy,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { accounts, canonicalIds, userArns, userIds } = namedPrincipals(policy);
  for (const id of accounts) {
    if ((await view.get(accountRow, id)) === undefined) throw unknown(id);
  }
  const users: Record<string, string> = {};
  for (const arn of userArns) {
    const [, account = '', name = ''] = /^arn:aws:iam::(\d{12}):user\/(.+)$/.exec(arn) ?? [];
    const user = await view.get(userRow, { account, name });
    if (user === undefined) throw unknown(arn);
    users[arn] = user.id;
  }
  // The rest has no key to be looked up by; the rows are read only where a policy names such.
  if (canonicalIds.size > 0) {
    const rows = await allRows(view, accountRow);
    demand(canonicalIds, new Set(rows.map(({ value }) => value.canonicalId)));
  }
  if (userIds.size > 0) {
    const rows = await allRows(view, userRow);
    demand(userIds, new Set(rows.map(({ value }) => value.id)));
  }
  return userArns.size === 0 ? undefined : users;
}

function demand(named: ReadonlySet<string>, known: ReadonlySet<string>): void {
  for (const each of named) if (!known.has(each)) throw unknown(each);
}

function unknown(principal: string): Refusal {
  return new Refusal('MalformedPolicy', {
    message: 'Invalid principal in policy',
    fields: { Detail: principal },
  });
}
