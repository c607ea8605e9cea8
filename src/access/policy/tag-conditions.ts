/**
 * Tags as condition keys. Names of keys ignore case and tags do not, so two tags that differ only in
 * case give one key with two values.
 */
import type { ConditionContext, Permission } from '../permission.ts';
import { keyScope } from './condition-keys.ts';
import type { Policy } from './policy.ts';

type Tags = Iterable<readonly [key: string, value: string]>;

/** `s3:RequestObjectTag/<key>` and `s3:RequestObjectTagKeys`: the tags that a request would set. */
export function requestTagConditions(tags: Tags): ConditionContext {
  const pairs = [...tags];
  const conditions = tagConditions('s3:requestobjecttag/', pairs);
  return conditions.set(
    's3:requestobjecttagkeys',
    pairs.map(([key]) => key),
  );
}

/**
 * `s3:ExistingObjectTag/<key>`: the tags that the object has. Give it for an object without tags,
 * and for one that does not exist, too: the decision refuses to guess.
 */
export function existingTagConditions(tags: Tags): ConditionContext {
  return tagConditions('s3:existingobjecttag/', tags).set('s3:existingobjecttag', []);
}

/** Whether the decision of `permission` under these policies needs `existingTagConditions`. */
export function needsExistingTags(
  permission: Permission,
  policies: readonly (Policy | undefined)[],
): boolean {
  return (
    policies.some((policy) => policy?.usesExistingTags === true) &&
    keyScope('s3:existingobjecttag/')?.actions.has(permission.action) === true
  );
}

function tagConditions(prefix: string, tags: Tags): Map<string, readonly string[]> {
  const conditions = new Map<string, readonly string[]>();
  for (const [key, value] of tags) {
    const name = prefix + key.toLowerCase();
    conditions.set(name, [...(conditions.get(name) ?? []), value]);
  }
  return conditions;
}
