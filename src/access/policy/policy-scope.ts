/** What the parts of the parser share. */
import type { JsonNode } from './json-reader.ts';
import type { PolicyText } from './malformed.ts';

/** What a policy's parts need to know of the whole. */
export interface PolicyScope {
  readonly source: PolicyText;
  /** The bucket that the policy is attached to; undefined for an identity policy. */
  readonly bucket: string | undefined;
  /** Version 2012-10-17: `${...}` is a variable. */
  readonly variables: boolean;
  /** Collects every condition key that the policy names, in lower case. */
  readonly keys: Set<string>;
}

/** A node given under one of two names, the second of which negates it. */
export interface Element {
  readonly node: JsonNode;
  readonly negated: boolean;
}
