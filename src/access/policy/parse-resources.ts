/**
 * `Resource` and `NotResource` (IAM User Guide, "Resource"; S3 User Guide, "Bucket policies";
 * checked 2026-11-24). In a bucket policy every resource is that bucket or objects in it, its name
 * written out; in an identity policy it is `*` or an ARN. Wildcards and, after the fifth colon,
 * variables.
 */
import type { ResourceKind } from './actions.ts';
import type { JsonString } from './json-reader.ts';
import { quoted } from './malformed.ts';
import { addVariables, badVariable } from './parse-variables.ts';
import type { Element, PolicyScope } from './policy-scope.ts';
import { BadVariable, compilePattern, isVariable, partsOf, type Part } from './pattern.ts';
import type { ResourcePattern } from './policy.ts';
import { arnPattern, everyResource, splitArn } from './resource.ts';
import { stringsOf } from './strings.ts';
import { any, one, Wildcard } from './wildcard.ts';

const words = 'Policy has invalid resource';

export interface ResourceElement {
  readonly negated: boolean;
  readonly patterns: readonly ResourcePattern[];
  /** Which kinds the statement can be about at all. */
  readonly kinds: ReadonlySet<ResourceKind>;
}

export function parseResources(scope: PolicyScope, { node, negated }: Element): ResourceElement {
  const kinds = new Set<ResourceKind>(negated ? ['bucket', 'object'] : []);
  const patterns = stringsOf(scope.source, node, words).map((each) =>
    parseResource(scope, each, kinds),
  );
  return { negated, patterns, kinds };
}

function parseResource(
  scope: PolicyScope,
  { at, value }: JsonString,
  kinds: Set<ResourceKind>,
): ResourcePattern {
  const { source, bucket, variables } = scope;
  if (value === '*' && bucket === undefined) return everyResource;
  const { head, rest } = splitArn(value);
  if (head.length < 5 || !headForm.test(head.join(':'))) source.fail(at, words, quoted(value));
  const restAt = value.length - rest.length;
  const parts = partsOf(rest, { wildcards: true, variables });
  if (parts instanceof BadVariable) return badVariable(source, at + 1 + restAt, parts);
  addVariables(scope, at, parts);
  if (bucket !== undefined) {
    if (!value.startsWith('arn:aws:s3:::') || !liesIn(bucket, parts)) {
      source.fail(at, words, `${quoted(value)} is not in bucket ${quoted(bucket)}`);
    }
    const glob = new Wildcard(parts.map((part) => (isVariable(part) ? any : part)));
    if (glob.matches(bucket)) kinds.add('bucket');
    if (parts.length > 1 || parts[0] !== bucket) kinds.add('object');
  }
  return arnPattern(head.map(headPattern), compilePattern(parts));
}

/** `arn`, then partition, service, region and account, with wildcards but without variables. */
const headForm = /^arn:[a-z0-9*?-]+:[a-z0-9*?-]+:[a-z0-9*?-]*:[a-z0-9*?-]*$/;

function headPattern(text: string): ReturnType<typeof compilePattern> {
  const parts = partsOf(text, { wildcards: true, variables: false });
  return compilePattern(parts instanceof BadVariable ? [text] : parts);
}

/** The bucket's name in full, and after it nothing, a slash or a wildcard. */
function liesIn(bucket: string, [first, second]: readonly Part[]): boolean {
  if (typeof first !== 'string') return false;
  if (first === bucket) return second === undefined || second === any || second === one;
  return first.startsWith(`${bucket}/`);
}
