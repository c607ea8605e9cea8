/**
 * Whether a POST form is what its signed policy allows (S3-BEHAVIOURS 20; CVE-2023-28434,
 * CVE-2023-43040). "Creating a POST policy", S3 API reference, 2026-11-24; texts as S3 answers them.
 *
 * Every field must be covered by a condition, and the bucket too, save those that the page exempts.
 * Names are compared without regard to case, values with it. A condition on a field that the form
 * lacks fails, as S3's does, even where it would take any value.
 */
import { header, type Headers } from '../../base/headers.ts';
import { Refusal } from '../../base/refusal.ts';
import type { LengthRange, MatchCondition, PostPolicy } from './post-policy-document.ts';

/** A form as it will be carried out. */
export interface SubmittedForm {
  /** Lower-case name → values; `key` with `${filename}` already replaced, as AWS prescribes. */
  readonly fields: Headers;
  /** The bucket that the form was sent to. */
  readonly bucket: string;
  readonly now: Date;
}

/**
 * Checks a form against its policy. Returns how long the file may be, to be enforced while it
 * streams (`EntityTooLarge`, `EntityTooSmall`); undefined where the policy does not say. Throws
 * `AccessDenied` with AWS's reason.
 */
export function checkPostPolicy(policy: PostPolicy, form: SubmittedForm): LengthRange | undefined {
  if (form.now.getTime() > policy.expiration.getTime()) throw denied('Policy expired.');
  const covered = new Set<string>();
  let length: LengthRange | undefined;
  for (const condition of policy.conditions) {
    if (condition.operator === 'content-length-range') {
      if (condition.range === undefined) throw failed(condition.text);
      length = narrower(length, condition.range);
      continue;
    }
    if (!matches(condition, form)) throw failed(condition.text);
    if (condition.field !== undefined) covered.add(condition.field);
  }
  // The bucket stands in the address, not in a field; unnamed, a policy would hold for all buckets.
  const extra = [...new Set(['bucket', ...form.fields.keys()])].filter(
    (name) => !covered.has(name) && !isExempt(name),
  );
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(', ')}`);
  return length;
}

const exempt = new Set(['policy', 'x-amz-signature', 'file']);
const isExempt = (name: string): boolean => exempt.has(name) || name.startsWith('x-ignore-');

function matches({ operator, field, value }: MatchCondition, form: SubmittedForm): boolean {
  if (field === undefined) return false;
  const given = field === 'bucket' ? bucketOf(form) : header(form.fields, field);
  if (given === undefined) return false;
  if (operator === 'eq') return given === value;
  // "Content-Type values for a starts-with condition that include commas are interpreted as lists."
  if (field === 'content-type') {
    return given.split(',').every((type) => type.trim().startsWith(value));
  }
  return given.startsWith(value);
}

/** A form may name its bucket too; then both must be the one that the policy means. */
function bucketOf({ fields, bucket }: SubmittedForm): string | undefined {
  const named = header(fields, 'bucket');
  return named === undefined || named === bucket ? bucket : undefined;
}

function narrower(a: LengthRange | undefined, b: LengthRange): LengthRange {
  if (a === undefined) return b;
  return { min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) };
}

function failed(condition: string): Refusal {
  return denied(`Policy Condition failed: ${condition}`);
}

function denied(detail: string): Refusal {
  return new Refusal('AccessDenied', { message: `Invalid according to Policy: ${detail}` });
}
