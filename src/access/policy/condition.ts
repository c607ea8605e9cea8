/**
 * Whether a condition holds: the part of the language where other stores went wrong (IAM User
 * Guide, "Condition operators" and "Single-valued vs. multivalued context keys", checked
 * 2026-11-24).
 *
 * |                      | key absent | key present                                              |
 * |----------------------|------------|----------------------------------------------------------|
 * | operator             | false      | some value of the request matches some value of the policy |
 * | negated operator     | true       | no value of the request matches any value of the policy  |
 * | ...IfExists          | true       | as without it                                            |
 * | ForAllValues:        | true       | the operator holds for every value of the request        |
 * | ForAnyValue:         | false      | the operator holds for at least one value of the request |
 * | Null                 | "true"     | "false"                                                  |
 *
 * Under negation the set operators are not swapped: `ForAnyValue:StringNotEquals` asks for a value
 * that equals none of the policy's. A key present without values counts as absent for every
 * operator, and under a set operator so does one whose only value is empty (AWS: "resolves to a null
 * data set, such as an empty string").
 */
import type { Condition, Lookup, Pattern } from './policy.ts';

/** Whether the condition holds for a request whose keys `lookup` gives. */
export function conditionHolds(condition: Condition, lookup: Lookup): boolean {
  const { set } = condition;
  const values = lookup(condition.key);
  const empty =
    values === undefined ||
    values.length === 0 ||
    (set !== undefined && values.every((value) => value === ''));
  if (condition.operator === 'Null') return condition.test(String(empty), lookup) === true;
  if (empty) return absent(condition);
  // Undecided (a variable without value) is neither: it satisfies no operator, negated or not.
  const wanted = !condition.negated;
  if (values.length === 1) return condition.test(values[0] ?? '', lookup) === wanted;
  const holds = (value: string): boolean => condition.test(value, lookup) === wanted;
  switch (set) {
    case 'ForAllValues':
      return values.every(holds);
    case 'ForAnyValue':
      return values.some(holds);
    case undefined:
      return condition.negated ? values.every(holds) : values.some(holds);
  }
}

/** One test for all of a condition's values: does any of them match? Undefined: none, as far as is known. */
export function anyOf(patterns: readonly Pattern[]): Condition['test'] {
  const [only] = patterns;
  if (only !== undefined && patterns.length === 1) {
    return (value, lookup) => only.matches(value, lookup);
  }
  return (value, lookup) => {
    let answer: boolean | undefined = false;
    for (const pattern of patterns) {
      const matched = pattern.matches(value, lookup);
      if (matched === true) return true;
      if (matched === undefined) answer = undefined;
    }
    return answer;
  };
}

function absent({ ifExists, set, negated }: Condition): boolean {
  if (ifExists) return true;
  if (set !== undefined) return set === 'ForAllValues';
  return negated;
}
