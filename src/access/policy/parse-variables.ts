/** Policy variables as the parser meets them: each must name a key that can have one value here. */
import { conditionKeyNamed } from './condition-keys.ts';
import { quoted, type PolicyText } from './malformed.ts';
import type { PolicyScope } from './policy-scope.ts';
import { isVariable, type BadVariable, type Part } from './pattern.ts';

const words = 'Policy has an invalid variable';

/** Refuses a `${` that begins no variable. `at` is where the text it was found in begins. */
export function badVariable(source: PolicyText, at: number, bad: BadVariable): never {
  source.fail(at + bad.offset, words, quoted(bad.found));
}

/** Checks the variables of a pattern that stands at `at`, and notes their keys. */
export function addVariables(scope: PolicyScope, at: number, parts: readonly Part[]): void {
  for (const part of parts) if (isVariable(part)) addVariable(scope, at, part.key);
}

/** The same for one key, in lower case. */
export function addVariable({ source, keys }: PolicyScope, at: number, key: string): void {
  const known = conditionKeyNamed(key);
  if (known === undefined) return source.fail(at, words, `${quoted(key)} is no condition key`);
  if (known.support === 'refused') source.fail(at, words, `${quoted(key)}: ${known.note}`);
  if (known.type === 'ArrayOfString') {
    source.fail(at, words, `${quoted(key)} has several values`);
  }
  keys.add(key);
}
