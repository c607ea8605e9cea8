/** One statement: which elements it may have, must have, and may not have together. */
import type { JsonMember, JsonNode, JsonObject } from './json-reader.ts';
import { quoted, type PolicyText } from './malformed.ts';
import { parseActions, type ActionElement } from './parse-actions.ts';
import { parseConditions, type ConditionElement } from './parse-conditions.ts';
import { parsePrincipals } from './parse-principals.ts';
import { parseResources, type ResourceElement } from './parse-resources.ts';
import type { Element, PolicyScope } from './policy-scope.ts';
import type { Principals, Statement } from './policy.ts';

/** Reads the statement at `index` of the policy. */
export function parseStatement(scope: PolicyScope, node: JsonObject, index: number): Statement {
  const { source, bucket } = scope;
  for (const { name, nameAt } of node.members.values()) {
    if (!elements.has(name)) source.fail(nameAt, `Unknown field ${quoted(name)}`);
  }
  const sid = parseSid(source, node.members.get('Sid')?.value);
  const effect = parseEffect(source, node);
  const principals = principalsOf(scope, node, effect);
  const actions = parseActions(scope, required(source, node, 'Action', 'NotAction'));
  const resources = parseResources(scope, required(source, node, 'Resource', 'NotResource'));
  // A statement about other services never applies here: what it asks of them is not ours to judge.
  const conditions = actions.foreign
    ? []
    : parseConditions(scope, node.members.get('Condition')?.value);
  if (bucket !== undefined && !actions.negated) {
    checkCombination(source, actions.elements, resources);
    for (const condition of conditions) checkKey(source, actions.elements, resources, condition);
  }
  return {
    index,
    sid,
    effect,
    principals,
    actions: { negated: actions.negated, patterns: actions.elements.map((each) => each.pattern) },
    resources: { negated: resources.negated, patterns: resources.patterns },
    conditions: conditions.map((element) => element.condition),
  };
}

const elements = new Set(
  'Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition'.split(' '),
);

function parseSid(source: PolicyText, node: JsonNode | undefined): string | undefined {
  if (node === undefined || node.kind === 'string') return node?.value;
  return source.fail(node.at, 'Policy has an invalid Sid', 'a string was expected');
}

function parseEffect(source: PolicyText, node: JsonObject): 'Allow' | 'Deny' {
  const effect = node.members.get('Effect')?.value;
  if (effect === undefined) return source.fail(node.at, 'Missing required field Effect');
  if (effect.kind === 'string' && (effect.value === 'Allow' || effect.value === 'Deny')) {
    return effect.value;
  }
  const found = effect.kind === 'string' ? quoted(effect.value) : `a ${effect.kind}`;
  return source.fail(effect.at, `Invalid effect: ${found}`, 'Allow or Deny');
}

function principalsOf(
  scope: PolicyScope,
  node: JsonObject,
  effect: 'Allow' | 'Deny',
): Principals | undefined {
  const { source, bucket } = scope;
  const given = either(source, node, 'Principal', 'NotPrincipal');
  if (bucket === undefined) {
    if (given === undefined) return undefined;
    return source.fail(given.nameAt, 'Policy document should not specify a principal');
  }
  if (given === undefined) return source.fail(node.at, 'Missing required field Principal');
  const negated = given.name === 'NotPrincipal';
  // It would let in everyone who is not named, the anonymous too; AWS does not support it either.
  if (negated && effect === 'Allow') {
    source.fail(given.nameAt, 'Allow with NotPrincipal is not allowed');
  }
  return parsePrincipals(source, { node: given.value, negated });
}

function required(source: PolicyText, node: JsonObject, name: string, negation: string): Element {
  const given = either(source, node, name, negation);
  if (given === undefined) return source.fail(node.at, `Missing required field ${name}`);
  return { node: given.value, negated: given.name === negation };
}

function either(
  source: PolicyText,
  node: JsonObject,
  name: string,
  negation: string,
): JsonMember | undefined {
  const plain = node.members.get(name);
  const negated = node.members.get(negation);
  if (plain !== undefined && negated !== undefined) {
    source.fail(negated.nameAt, `Statement has both ${name} and ${negation}`);
  }
  return plain ?? negated;
}

/** Every action must be one that some resource of the statement can be asked about. */
function checkCombination(
  source: PolicyText,
  actions: readonly ActionElement[],
  resources: ResourceElement,
): void {
  for (const { at, text, expands } of actions) {
    if (expands.some(({ kind }) => resources.kinds.has(kind))) continue;
    source.fail(at, 'Action does not apply to any resource(s) in statement', quoted(text));
  }
}

/** Every condition key must be one that a request for each of the statement's actions can carry. */
function checkKey(
  source: PolicyText,
  actions: readonly ActionElement[],
  resources: ResourceElement,
  { at, key }: ConditionElement,
): void {
  const carrying = key.actions;
  if (carrying === undefined) return;
  for (const { text, expands } of actions) {
    const carried = expands.some(
      ({ name, kind }) => resources.kinds.has(kind) && carrying.includes(name),
    );
    if (carried) continue;
    source.fail(
      at,
      'Conditions do not apply to combination of actions and resources in statement',
      `${key.name} is no key of ${quoted(text)}`,
    );
  }
}
