/**
 * Whom a statement of a bucket policy speaks about (IAM User Guide, "Principal", "NotPrincipal" and
 * "Cross-account policy evaluation logic", checked 2026-11-24).
 */
import { identityArn, type Identity } from '../identity.ts';
import type { Policy, Principals } from './policy.ts';

/**
 * - `named`: the identity itself, or everyone.
 * - `delegated`: only its account. The account's root is then let in, and its users as far as
 *   their own policy goes.
 */
export type Naming = 'named' | 'delegated' | 'no';

/** How an Allow statement names `identity`; an Allow never has a NotPrincipal. */
export function naming(principals: Principals, identity: Identity): Naming {
  if (principals.everyone) return 'named';
  if (identity.kind === 'anonymous') return 'no';
  if (identity.kind === 'user' && namesUser(principals, identity)) return 'named';
  if (!namesAccount(principals, identity)) return 'no';
  return identity.kind === 'root' ? 'named' : 'delegated';
}

/**
 * Whether a Deny statement binds `identity`. Naming an account binds everyone in it. Under
 * NotPrincipal a user is spared only when both it and its account are listed, as at AWS.
 */
export function denies(principals: Principals, identity: Identity): boolean {
  if (!principals.negated) return naming(principals, identity) !== 'no';
  if (principals.everyone) return false;
  if (identity.kind === 'anonymous' || !namesAccount(principals, identity)) return true;
  return identity.kind === 'user' && !namesUser(principals, identity);
}

/** Everyone whom a bucket policy names: PutBucketPolicy asks whether they exist. */
export function namedPrincipals(
  policy: Policy,
): Pick<Principals, 'accounts' | 'canonicalIds' | 'userArns' | 'userIds'> {
  const all = policy.statements.flatMap(({ principals }) => principals ?? []);
  const union = (of: (principals: Principals) => ReadonlySet<string>): Set<string> =>
    new Set(all.flatMap((principals) => [...of(principals)]));
  return {
    accounts: union(({ accounts }) => accounts),
    canonicalIds: union(({ canonicalIds }) => canonicalIds),
    userArns: union(({ userArns }) => userArns),
    userIds: union(({ userIds }) => userIds),
  };
}

/**
 * The policy with the users whom it names by ARN bound to who they were when it was put: whoever gets
 * a name again is somebody else (IAM User Guide, "Principal": an ARN becomes the unique id when the
 * policy is saved). `users`: their ids by ARN; undefined where none is known.
 */
export function bindUsers(
  policy: Policy,
  users: Readonly<Record<string, string>> | undefined,
): Policy {
  if (users === undefined) return policy;
  const bind = (principals: Principals): Principals => ({
    ...principals,
    userArns: new Set(),
    userIds: new Set([
      ...principals.userIds,
      ...[...principals.userArns].flatMap((arn) => users[arn] ?? []),
    ]),
  });
  const statements = policy.statements.map((statement) => ({
    ...statement,
    principals: statement.principals && bind(statement.principals),
  }));
  return { ...policy, statements };
}

type Known = Exclude<Identity, { readonly kind: 'anonymous' }>;

function namesAccount({ accounts, canonicalIds }: Principals, { account }: Known): boolean {
  return (
    accounts.has(account.id) || (canonicalIds.size > 0 && canonicalIds.has(account.canonicalId))
  );
}

function namesUser(
  principals: Principals,
  user: Extract<Identity, { readonly kind: 'user' }>,
): boolean {
  if (principals.userIds.has(user.userId)) return true;
  return principals.userArns.size > 0 && principals.userArns.has(identityArn(user) ?? '');
}
