/**
 * The decision: may this identity do this to that resource? Pure: no I/O, no clock; everything it
 * needs is handed in (IAM User Guide, "Policy evaluation logic" and "Cross-account policy
 * evaluation logic"; S3 User Guide, "How Amazon S3 authorizes a request"; checked 2026-11-24).
 *
 * Default deny. An explicit Deny wins over everything and binds everyone, the owner's root too,
 * except that the root keeps Get-, Put- and DeleteBucketPolicy of its own buckets, so that no policy
 * can lock an account out. Nothing is allowed without an Allow, other than to the owner's root.
 */
import type { Identity } from './identity.ts';
import type { ConditionContext, Permission } from './permission.ts';
import { conditionHolds } from './policy/condition.ts';
import { keyLookup } from './policy/key-lookup.ts';
import type { Lookup, Policy, Resource, Statement } from './policy/policy.ts';
import { denies, naming, type Naming } from './policy/principals.ts';
import { isPublic } from './policy/public.ts';
import { resourceOf } from './policy/resource.ts';

export interface DecisionInput {
  readonly identity: Identity;
  readonly permission: Permission;
  /** The request's condition keys; `permission.context` wins over them. */
  readonly context: ConditionContext;
  /** The bucket that `permission` is about; undefined for account-level actions and CreateBucket. */
  readonly bucket?: DecisionBucket | undefined;
  /** The policy of `identity`, where it is a user; undefined for none. */
  readonly identityPolicy?: Policy | undefined;
}

export interface DecisionBucket {
  /** 12 digits. */
  readonly ownerAccount: string;
  readonly policy?: Policy | undefined;
  readonly restrictPublicBuckets?: boolean;
}

export interface Decision {
  readonly allowed: boolean;
  readonly reason: 'explicit-deny' | 'no-allow' | 'allowed' | 'public-blocked';
  /** Whose word it was; for an Allow across accounts, the bucket policy's. */
  readonly by?: 'bucket-policy' | 'identity-policy' | 'owner';
  /** The statement's Sid, or its position from 0. */
  readonly statement?: string | number;
}

/** Decides one (action, resource) pair; throws a `Defect` where a fact that a policy needs was not handed in. */
export function decide(input: DecisionInput): Decision {
  const { identity, permission, bucket, identityPolicy } = input;
  const isOwner =
    identity.kind !== 'anonymous' &&
    (bucket === undefined || bucket.ownerAccount === identity.account.id);
  const isOwnersRoot = isOwner && identity.kind === 'root';
  if (isOwnersRoot && bucket !== undefined && keptByRoot.has(permission.action)) return byOwner;

  const request: Request = {
    action: permission.action.toLowerCase(),
    resource: resourceOf(permission.action, permission.resource),
    lookup: keyLookup(permission, input.context, bucket?.ownerAccount),
  };
  const ofBucket = bucket?.policy && bucketVerdict(bucket.policy, identity, request);
  if (ofBucket?.denied !== undefined) return denied('bucket-policy', ofBucket.denied);
  const ofUser =
    identity.kind === 'user' && identityPolicy !== undefined
      ? identityVerdict(identityPolicy, request)
      : undefined;
  if (ofUser?.denied !== undefined) return denied('identity-policy', ofUser.denied);

  if (isOwnersRoot) return byOwner;
  const allowedHere = isOwner
    ? sameAccount(ofBucket, ofUser)
    : otherAccount(identity, ofBucket, ofUser);
  if (allowedHere.allowed && !isOwner && blocksStrangers(bucket)) return publicBlocked;
  return allowedHere;
}

/** What stays open to the owning account's root whatever its bucket's policy says. */
const keptByRoot: ReadonlySet<string> = new Set([
  's3:GetBucketPolicy',
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
]);

const byOwner: Decision = { allowed: true, reason: 'allowed', by: 'owner' };
const noAllow: Decision = { allowed: false, reason: 'no-allow' };
const publicBlocked: Decision = { allowed: false, reason: 'public-blocked' };

interface Request {
  readonly action: string;
  readonly resource: Resource;
  readonly lookup: Lookup;
}

interface Verdict {
  readonly denied?: Statement;
  /** The first Allow that names the identity, or failing that its account. */
  readonly allowed?: Statement;
  readonly naming?: Naming;
}

const nothing: Verdict = {};

function bucketVerdict(policy: Policy, identity: Identity, request: Request): Verdict {
  let verdict = nothing;
  for (const statement of policy.statements) {
    const { effect, principals } = statement;
    if (principals === undefined) continue;
    if (effect === 'Deny') {
      if (denies(principals, identity) && applies(statement, request)) return { denied: statement };
    } else if (verdict.naming !== 'named') {
      const named = naming(principals, identity);
      const better = named === 'named' || (named === 'delegated' && verdict.naming === undefined);
      if (better && applies(statement, request)) verdict = { allowed: statement, naming: named };
    }
  }
  return verdict;
}

function identityVerdict(policy: Policy, request: Request): Verdict {
  let verdict = nothing;
  for (const statement of policy.statements) {
    if (statement.effect === 'Allow' && verdict.allowed !== undefined) continue;
    if (!applies(statement, request)) continue;
    if (statement.effect === 'Deny') return { denied: statement };
    verdict = { allowed: statement };
  }
  return verdict;
}

/** Whether action, resource and every condition of the statement hold. */
function applies(statement: Statement, { action, resource, lookup }: Request): boolean {
  const { actions, resources, conditions } = statement;
  if (covers(actions.patterns, action, lookup) !== !actions.negated) return false;
  // Undecided (a variable without value) is neither inside nor outside.
  if (covers(resources.patterns, resource, lookup) !== !resources.negated) return false;
  for (const condition of conditions) if (!conditionHolds(condition, lookup)) return false;
  return true;
}

interface Matcher<Value> {
  matches(value: Value, lookup: Lookup): boolean | undefined;
}

function covers<Value>(
  patterns: readonly Matcher<Value>[],
  value: Value,
  lookup: Lookup,
): boolean | undefined {
  let answer: boolean | undefined = false;
  for (const pattern of patterns) {
    const matched = pattern.matches(value, lookup);
    if (matched === true) return true;
    if (matched === undefined) answer = undefined;
  }
  return answer;
}

/** A user of the owning account: its own policy or the bucket's lets it in; either is enough. */
function sameAccount(ofBucket: Verdict | undefined, ofUser: Verdict | undefined): Decision {
  if (ofBucket?.naming === 'named') return allowed('bucket-policy', ofBucket.allowed);
  if (ofUser?.allowed !== undefined) return allowed('identity-policy', ofUser.allowed);
  return noAllow;
}

/** Another account needs the bucket's word, and its users their own policy's as well. */
function otherAccount(
  identity: Identity,
  ofBucket: Verdict | undefined,
  ofUser: Verdict | undefined,
): Decision {
  if (ofBucket?.allowed === undefined) return noAllow;
  if (identity.kind === 'user' && ofUser?.allowed === undefined) return noAllow;
  return allowed('bucket-policy', ofBucket.allowed);
}

/** RestrictPublicBuckets: a public policy then serves only the owner's own account. */
function blocksStrangers(bucket: DecisionBucket | undefined): boolean {
  const { restrictPublicBuckets, policy } = bucket ?? {};
  return restrictPublicBuckets === true && policy !== undefined && isPublic(policy);
}

const nameOf = ({ sid, index }: Statement): string | number => sid ?? index;

function denied(by: 'bucket-policy' | 'identity-policy', statement: Statement): Decision {
  return { allowed: false, reason: 'explicit-deny', by, statement: nameOf(statement) };
}

function allowed(by: 'bucket-policy' | 'identity-policy', statement?: Statement): Decision {
  if (statement === undefined) return noAllow;
  return { allowed: true, reason: 'allowed', by, statement: nameOf(statement) };
}
