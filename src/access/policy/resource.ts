/**
 * ARNs in `Resource` and `NotResource`. Wildcards stay inside the colon-delimited part they are
 * written in, except in the last, which may hold colons of its own (IAM User Guide, "Resource",
 * checked 2026-11-24). Variables stand only in the last part.
 */
import type { Lookup, Pattern, Resource, ResourcePattern } from './policy.ts';

const s3Head = ['arn', 'aws', 's3', '', ''] as const;
const s3Prefix = 'arn:aws:s3:::';

/** A permission's resource, taken apart once for all statements. */
export function resourceOf(action: string, resource: string): Resource {
  if (resource.startsWith(s3Prefix)) {
    return { head: s3Head, s3: true, rest: resource.slice(s3Prefix.length) };
  }
  // An action without a resource (s3:ListAllMyBuckets) is one on `arn:aws:s3:::*`.
  if (resource === '*') return { head: undefined, s3: action.startsWith('s3:'), rest: '*' };
  const { head, rest } = splitArn(resource);
  return { head, s3: false, rest };
}

/** `*`: every resource of every service. */
export const everyResource: ResourcePattern = { matches: () => true };

/** `head` are the patterns of the first five parts, `rest` that of the sixth. */
export function arnPattern(head: readonly Pattern[], rest: Pattern): ResourcePattern {
  const coversS3 = headMatches(head, s3Head);
  return {
    matches(resource, lookup) {
      const covered = resource.s3
        ? coversS3
        : resource.head !== undefined && headMatches(head, resource.head);
      return covered ? rest.matches(resource.rest, lookup) : false;
    },
  };
}

/** Splits at the first `colons` colons; with fewer of them, `head` is shorter. */
export function splitArn(
  text: string,
  colons = 5,
): { readonly head: readonly string[]; readonly rest: string } {
  const head: string[] = [];
  let from = 0;
  while (head.length < colons) {
    const colon = text.indexOf(':', from);
    if (colon < 0) break;
    head.push(text.slice(from, colon));
    from = colon + 1;
  }
  return { head, rest: text.slice(from) };
}

/** The head of a pattern holds no variables, so nothing is ever looked up. */
const nothing: Lookup = () => undefined;

function headMatches(patterns: readonly Pattern[], head: readonly string[]): boolean {
  return (
    patterns.length === head.length &&
    patterns.every((pattern, index) => pattern.matches(head[index] ?? '', nothing) === true)
  );
}
