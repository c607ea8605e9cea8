/**
 * A policy after parsing: immutable, compiled, ready to be asked. Made only by `parse.ts`, which
 * holds the language (IAM User Guide, "IAM JSON policy elements reference", checked 2026-11-24).
 * Keep one per stored text: evaluating it allocates next to nothing.
 */

export interface Policy {
  readonly version: PolicyVersion;
  readonly id: string | undefined;
  readonly statements: readonly Statement[];
  /** Some condition or variable names `s3:ExistingObjectTag/...`: the decision needs stored tags. */
  readonly usesExistingTags: boolean;
}

/** Only the later one knows policy variables; without a Version the earlier one holds. */
export type PolicyVersion = '2008-10-17' | '2012-10-17';

export interface Statement {
  /** Position in the policy, from 0: what a decision names where there is no Sid. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** Undefined in an identity policy: it speaks of whom it is attached to. */
  readonly principals: Principals | undefined;
  readonly actions: Actions;
  readonly resources: Resources;
  readonly conditions: readonly Condition[];
}

/** `Principal`, or `NotPrincipal` where `negated`. */
export interface Principals {
  readonly negated: boolean;
  /** `"*"` or `{"AWS": "*"}`: the anonymous too. */
  readonly everyone: boolean;
  /** 12-digit ids, from bare ids and `:root` ARNs. */
  readonly accounts: ReadonlySet<string>;
  readonly canonicalIds: ReadonlySet<string>;
  /** As written; `bindUsers` makes ids of them. */
  readonly userArns: ReadonlySet<string>;
  /** `AIDA...`: stays bound to one user though the name is given again. */
  readonly userIds: ReadonlySet<string>;
}

/** `Action`, or `NotAction` where `negated`. Patterns are lower case: actions ignore case. */
export interface Actions {
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
}

/** `Resource`, or `NotResource` where `negated`. */
export interface Resources {
  readonly negated: boolean;
  readonly patterns: readonly ResourcePattern[];
}

/** The values of a condition key (lower case) in the request at hand; undefined when absent. */
export type Lookup = (key: string) => readonly string[] | undefined;

/** A string of the policy that values are held against. */
export interface Pattern {
  /** No wildcard and no variable: it stands for one value only. */
  readonly fixed: boolean;
  /** As written, except that `${*}`, `${?}` and `${$}` have become their characters. */
  readonly text: string;
  /** The keys (lower case) of the variables in it. */
  readonly variables: readonly string[];
  /** Undefined when a variable in it has no value in this request: neither a match nor a mismatch. */
  matches(value: string, lookup: Lookup): boolean | undefined;
}

export interface ResourcePattern {
  matches(resource: Resource, lookup: Lookup): boolean | undefined;
}

/** An ARN taken apart once per decision. */
export interface Resource {
  /** `arn`, partition, service, region, account; undefined for `*`, an action without a resource. */
  readonly head: readonly string[] | undefined;
  /** True for `arn:aws:s3:::...` and for an S3 action without a resource. */
  readonly s3: boolean;
  /** After the fifth colon; `*` where there is no resource. */
  readonly rest: string;
}

export type OperatorName =
  | 'StringEquals'
  | 'StringNotEquals'
  | 'StringEqualsIgnoreCase'
  | 'StringNotEqualsIgnoreCase'
  | 'StringLike'
  | 'StringNotLike'
  | 'NumericEquals'
  | 'NumericNotEquals'
  | 'NumericLessThan'
  | 'NumericLessThanEquals'
  | 'NumericGreaterThan'
  | 'NumericGreaterThanEquals'
  | 'DateEquals'
  | 'DateNotEquals'
  | 'DateLessThan'
  | 'DateLessThanEquals'
  | 'DateGreaterThan'
  | 'DateGreaterThanEquals'
  | 'Bool'
  | 'BinaryEquals'
  | 'IpAddress'
  | 'NotIpAddress'
  | 'ArnEquals'
  | 'ArnLike'
  | 'ArnNotEquals'
  | 'ArnNotLike'
  | 'Null';

/** One key of one operator in a `Condition` block. */
export interface Condition {
  /** As AWS spells it, without set operator and IfExists. */
  readonly operator: OperatorName;
  /** The condition holds where `test` does not: the Not operators. */
  readonly negated: boolean;
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
  /** Lower case, prefix included. */
  readonly key: string;
  /** As written in the policy. */
  readonly values: readonly string[];
  /** Every value is fixed: `isPublic` asks. */
  readonly fixed: boolean;
  /** Whether `value` stands in the operator's positive relation to any of the policy's values. */
  test(value: string, lookup: Lookup): boolean | undefined;
}
