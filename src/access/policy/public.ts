/**
 * Whether a bucket policy is public: GetBucketPolicyStatus, BlockPublicPolicy and
 * RestrictPublicBuckets ask (S3 User Guide, "Blocking public access", section "The meaning of
 * public", checked 2026-11-24).
 *
 * A policy is public until every Allow in it is held to fixed values: named principals, or a
 * condition that can only be met with one of the listed keys at a value without wildcard and
 * variable. Deny statements do not make a policy less public.
 */
import { parseIpBlock } from './ip-address.ts';
import type { Condition, Policy, Statement } from './policy.ts';

/** Remembers its answer: a parsed policy never changes. */
export function isPublic(policy: Policy): boolean {
  const known = answers.get(policy);
  if (known !== undefined) return known;
  const answer = policy.statements.some(isPublicStatement);
  answers.set(policy, answer);
  return answer;
}

const answers = new WeakMap<Policy, boolean>();

function isPublicStatement({ effect, principals, conditions }: Statement): boolean {
  if (effect === 'Deny' || principals?.everyone !== true) return false;
  return !conditions.some(restricts);
}

/** AWS's list. Keys that Coffer refuses are in it too, so that supporting one needs no second thought. */
const restrictingKeys = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalservicename',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
]);

const matchingOperators = new Set([
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'ArnEquals',
  'ArnLike',
]);

/** Both hold where the key is absent, so neither keeps anyone out. */
const heldByAbsence = ({ ifExists, set }: Condition): boolean => ifExists || set === 'ForAllValues';

function restricts(condition: Condition): boolean {
  const { key, operator, values, fixed } = condition;
  if (heldByAbsence(condition)) return false;
  if (key === 'aws:sourceip') return operator === 'IpAddress' && values.every(isNarrow);
  if (!restrictingKeys.has(key) || !matchingOperators.has(operator) || !fixed) return false;
  // The anonymous have this account, so naming it is naming everyone.
  return key !== 'aws:principalaccount' || !values.some((value) => /^anonymous$/i.test(value));
}

/** Not broader than /8 of IPv4 or /32 of IPv6. */
function isNarrow(value: string): boolean {
  const block = parseIpBlock(value);
  if (block === undefined) return false;
  return block.bits >= (block.groups.length === 2 ? 8 : 32);
}
