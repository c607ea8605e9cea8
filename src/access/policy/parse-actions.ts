/**
 * `Action` and `NotAction` (IAM User Guide, "Action", checked 2026-11-24). Names ignore case; `*`
 * and `?` are wildcards. A name in `s3:` or `coffer:` that matches no action is refused. An identity
 * policy may also name actions of other services, as AWS's own policies do: they never match.
 */
import { cofferActionPattern, s3Actions, type ResourceKind } from './actions.ts';
import type { JsonString } from './json-reader.ts';
import { quoted } from './malformed.ts';
import type { Element, PolicyScope } from './policy-scope.ts';
import { BadVariable, compilePattern, partsOf } from './pattern.ts';
import type { Pattern } from './policy.ts';
import { stringsOf } from './strings.ts';

const words = 'Policy has invalid action';

/** One string of the element. */
export interface ActionElement {
  readonly at: number;
  readonly text: string;
  readonly pattern: Pattern;
  /** The S3 actions that it covers, names without prefix. */
  readonly expands: readonly S3Action[];
}

export interface S3Action {
  readonly name: string;
  readonly kind: ResourceKind;
}

export interface ActionsElement {
  readonly negated: boolean;
  readonly elements: readonly ActionElement[];
  /** The statement can only ever apply to other services' actions. */
  readonly foreign: boolean;
}

export function parseActions(scope: PolicyScope, { node, negated }: Element): ActionsElement {
  const strings = stringsOf(scope.source, node, words);
  const elements = strings.map((each) => parseAction(scope, each));
  const foreign = !negated && elements.every(({ text }) => isForeign(text.toLowerCase()));
  return { negated, elements, foreign };
}

function parseAction({ source, bucket }: PolicyScope, { at, value }: JsonString): ActionElement {
  const lower = value.toLowerCase();
  const parts = partsOf(lower, { wildcards: true, variables: false });
  if (!form.test(lower) || parts instanceof BadVariable) {
    return source.fail(at, words, quoted(value));
  }
  const pattern = compilePattern(parts);
  const expands = expand(lower, pattern);
  const ours = bucket === undefined && (lower.startsWith('coffer:') || isForeign(lower));
  if (expands.length === 0 && !ours) source.fail(at, words, quoted(value));
  if (lower.startsWith('coffer:') && !cofferActionPattern.test(lower)) {
    source.fail(at, words, quoted(value));
  }
  return { at, text: value, pattern, expands };
}

const absent = (): undefined => undefined;

/** An exact name is looked up: only wildcards are worth asking every action about. */
function expand(lower: string, pattern: Pattern): readonly S3Action[] {
  if (!pattern.fixed) return s3Names.filter((each) => pattern.matches(each.lowerCase, absent));
  const exact = s3Name.get(lower);
  return exact === undefined ? [] : [exact];
}

/** `*`, `*:*`, or a service and a name; the service holds no wildcard. */
const form = /^(?:\*|\*:\*|[a-z0-9-]{1,64}:[a-z0-9*?_-]{1,128})$/;

function isForeign(lower: string): boolean {
  return !lower.startsWith('*') && !lower.startsWith('s3:') && !lower.startsWith('coffer:');
}

const s3Names: readonly (S3Action & { readonly lowerCase: string })[] = [...s3Actions()].map(
  ([action, kind]) => ({ name: action.slice('s3:'.length), kind, lowerCase: action.toLowerCase() }),
);

const s3Name = new Map(s3Names.map((each) => [each.lowerCase, each]));
