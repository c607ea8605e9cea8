/**
 * Every condition key of AWS's reference for S3 and every global one, each either supported or
 * refused by name (AWS Service Authorization Reference, "Condition keys for Amazon S3"; IAM User
 * Guide, "AWS global condition context keys"; both checked 2026-11-24). docs/POLICY.md shows this
 * table and a test holds the two together.
 *
 * Supported means that the decision always knows the key's true value, absence included. A key whose
 * value Coffer cannot know is refused when the policy is put: it is never silently false.
 */
import { globalKeys } from './global-condition-keys.ts';
import { s3Keys } from './s3-condition-keys.ts';

export interface ConditionKey {
  /** As AWS spells it; `<key>` at the end stands for any tag key. */
  readonly name: string;
  readonly type: 'String' | 'ArrayOfString' | 'Numeric' | 'Date' | 'Bool' | 'ARN' | 'IPAddress';
  readonly support: 'supported' | 'refused';
  /** Where the value comes from, or why the key is refused. */
  readonly note: string;
  /** S3 actions (without prefix) whose requests carry the key; undefined: all of them. */
  readonly actions?: readonly string[];
  /**
   * Actions for which the request line and headers cannot tell: whoever asks for the decision hands
   * the value in, and must show that it did with `marker` (an empty list where there is none).
   */
  readonly handedIn?: { readonly actions: readonly string[]; readonly marker: string };
}

/** The key of a name (any case), or undefined: unknown, or a tag key without its tag. */
export function conditionKeyNamed(name: string): ConditionKey | undefined {
  const lower = name.toLowerCase();
  const exact = byName.get(lower);
  if (exact !== undefined) return exact;
  const slash = lower.indexOf('/');
  return slash < 0 || slash === lower.length - 1 ? undefined : byPrefix.get(lower.slice(0, slash));
}

/** What a lookup has to respect about a key (lower case); undefined where any request may carry it. */
export interface KeyScope {
  /** Full names, `s3:PutObject`. */
  readonly actions: ReadonlySet<string>;
  readonly handedIn: { readonly actions: ReadonlySet<string>; readonly marker: string } | undefined;
}

export function keyScope(key: string): KeyScope | undefined {
  const exact = scopes.get(key);
  if (exact !== undefined) return exact;
  const slash = key.indexOf('/');
  return slash < 0 ? undefined : scopes.get(key.slice(0, slash + 1));
}

/** The whole table, in the order of docs/POLICY.md. */
export function conditionKeys(): readonly ConditionKey[] {
  return [...s3Keys, ...globalKeys];
}

const tagSuffix = '/<key>';
const byName = new Map<string, ConditionKey>();
const byPrefix = new Map<string, ConditionKey>();
for (const key of [...s3Keys, ...globalKeys]) {
  const lower = key.name.toLowerCase();
  if (lower.endsWith(tagSuffix)) byPrefix.set(lower.slice(0, -tagSuffix.length), key);
  else byName.set(lower, key);
}

const fullNames = (actions: readonly string[]): ReadonlySet<string> =>
  new Set(actions.map((action) => `s3:${action}`));

/** Tag keys under their prefix with its slash. */
const scopes = new Map<string, KeyScope>();
for (const { name, actions, handedIn } of s3Keys) {
  if (actions === undefined) continue;
  scopes.set(name.toLowerCase().replace('<key>', ''), {
    actions: fullNames(actions),
    handedIn: handedIn && { actions: fullNames(handedIn.actions), marker: handedIn.marker },
  });
}
