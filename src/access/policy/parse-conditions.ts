/**
 * The `Condition` block (IAM User Guide, "Condition", checked 2026-11-24): operators, keys, values.
 * An unknown operator, an unknown or refused key, and a value that the operator cannot read are
 * errors that say where: a condition that can never hold, or always does, is a hole in a policy.
 */
import { anyOf } from './condition.ts';
import { conditionKeyNamed, type ConditionKey } from './condition-keys.ts';
import type { JsonMember, JsonNode, JsonObject } from './json-reader.ts';
import { quoted, type PolicyText } from './malformed.ts';
import { operatorNamed, type Operator } from './operators.ts';
import type { PolicyScope } from './policy-scope.ts';
import { addVariable, badVariable } from './parse-variables.ts';
import { BadVariable } from './pattern.ts';
import type { Condition, Pattern } from './policy.ts';

export interface ConditionElement {
  readonly condition: Condition;
  readonly key: ConditionKey;
  /** Where the key stands in the policy. */
  readonly at: number;
}

export function parseConditions(
  scope: PolicyScope,
  node: JsonNode | undefined,
): readonly ConditionElement[] {
  if (node === undefined) return [];
  const block = objectAt(scope.source, node);
  return [...block.members.values()].flatMap((member) => {
    const qualified = parseOperator(scope.source, member);
    const keys = [...objectAt(scope.source, member.value).members.values()];
    if (keys.length === 0) scope.source.fail(member.value.at, words, 'no key is named');
    refuseTwins(scope.source, keys);
    return keys.map((key) => parseKey(scope, qualified, key));
  });
}

const words = 'Policy has an invalid condition';

interface QualifiedOperator {
  readonly operator: Operator;
  readonly set: Condition['set'];
  readonly ifExists: boolean;
}

function objectAt(source: PolicyText, node: JsonNode): JsonObject {
  return node.kind === 'object' ? node : source.fail(node.at, words, 'an object was expected');
}

const operatorForm = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/i;

function parseOperator(source: PolicyText, { name, nameAt }: JsonMember): QualifiedOperator {
  const [, setName, base = '', suffix] = operatorForm.exec(name) ?? [];
  const operator = operatorNamed(base);
  const qualified = setName !== undefined || suffix !== undefined;
  // Null asks about presence itself; AWS gives it no IfExists, and a set operator would undo it.
  if (operator === undefined || (operator.name === 'Null' && qualified)) {
    return source.fail(nameAt, `Invalid Condition type : ${quoted(name)}`);
  }
  const all = setName?.toLowerCase() === 'forallvalues';
  const set = setName === undefined ? undefined : all ? 'ForAllValues' : 'ForAnyValue';
  return { operator, set, ifExists: suffix !== undefined };
}

/** Names of keys ignore case, so two that differ only in it are one key given twice. */
function refuseTwins(source: PolicyText, members: readonly JsonMember[]): void {
  const seen = new Set<string>();
  for (const { name, nameAt } of members) {
    const lower = name.toLowerCase();
    if (seen.has(lower)) source.fail(nameAt, words, `${quoted(name)} is given twice`);
    seen.add(lower);
  }
}

function parseKey(
  scope: PolicyScope,
  { operator, set, ifExists }: QualifiedOperator,
  { name, nameAt, value }: JsonMember,
): ConditionElement {
  const key = conditionKeyNamed(name);
  const invalidKey = 'Policy has an invalid condition key';
  if (key === undefined) return scope.source.fail(nameAt, invalidKey, quoted(name));
  if (key.support === 'refused') {
    scope.source.fail(nameAt, invalidKey, `${quoted(name)} is not supported: ${key.note}`);
  }
  const lower = name.toLowerCase();
  scope.keys.add(lower);
  const patterns = parseValues(scope, operator, value);
  const condition: Condition = {
    operator: operator.name,
    negated: operator.negated,
    set,
    ifExists,
    key: lower,
    values: patterns.map(({ text }) => text),
    fixed: patterns.every(({ fixed }) => fixed),
    test: anyOf(patterns),
  };
  return { condition, key, at: nameAt };
}

function parseValues(scope: PolicyScope, operator: Operator, node: JsonNode): readonly Pattern[] {
  const { source, variables } = scope;
  const items = node.kind === 'array' ? node.items : [node];
  const invalid = `${words} value`;
  if (items.length === 0) source.fail(node.at, invalid, 'the list is empty');
  return items.map((item) => {
    if (item.kind === 'object' || item.kind === 'array' || item.kind === 'null') {
      return source.fail(item.at, invalid, `a string was expected, not ${item.kind}`);
    }
    const text = String(item.value);
    const pattern = operator.compile(text, variables);
    if (typeof pattern === 'string') {
      return source.fail(item.at, invalid, `${quoted(text)}: ${pattern}`);
    }
    if (pattern instanceof BadVariable) return badVariable(source, item.at + 1, pattern);
    for (const key of pattern.variables) addVariable(scope, item.at, key);
    return pattern;
  });
}
