/**
 * The condition operators (IAM User Guide, "Condition operators", checked 2026-11-24): what each
 * compares, and which values of a policy it takes. How absence, several values, `IfExists` and the
 * set operators change the answer is not here but in `condition.ts`.
 */
import { inBlock, parseIp, parseIpBlock } from './ip-address.ts';
import { BadVariable, compilePattern, partsOf, type Part } from './pattern.ts';
import { parsePolicyDate } from './policy-date.ts';
import type { OperatorName, Pattern } from './policy.ts';
import { splitArn } from './resource.ts';

export interface Operator {
  readonly name: OperatorName;
  /** The condition holds where no value matches. */
  readonly negated: boolean;
  /** Compiles one value of the policy; a string says why it is none. */
  readonly compile: (value: string, variables: boolean) => Pattern | BadVariable | string;
}

/** The operator of a name, in any case; undefined for an unknown one. */
export function operatorNamed(name: string): Operator | undefined {
  return byName.get(name.toLowerCase());
}

/** All of them, as AWS spells them. */
export const operatorNames = (): readonly OperatorName[] => operators.map(({ name }) => name);

type Compile = Operator['compile'];

const text =
  (wildcards: boolean, fold?: (value: string) => string): Compile =>
  (value, variables) => {
    const parts = partsOf(value, { wildcards, variables });
    return parts instanceof BadVariable ? parts : compilePattern(parts, fold);
  };

const lowerCase = (value: string): string => value.toLowerCase();

/** Six parts, each with wildcards of its own; `*` alone stands for every ARN. */
const arn: Compile = (value, variables) => {
  const parts = partsOf(value === '*' ? '*:*:*:*:*:*' : value, { wildcards: true, variables });
  if (parts instanceof BadVariable) return parts;
  const compiled = splitAtColons(parts).map((part) => compilePattern(part));
  if (compiled.length < 6) return 'an ARN has six parts';
  return {
    fixed: compiled.every(({ fixed }) => fixed),
    text: value,
    variables: compiled.flatMap((pattern) => pattern.variables),
    matches(found, lookup) {
      const { head, rest } = splitArn(found);
      if (head.length < 5) return false;
      let certain = true;
      for (const [index, pattern] of compiled.entries()) {
        const matched = pattern.matches(index < 5 ? (head[index] ?? '') : rest, lookup);
        if (matched === false) return false;
        certain &&= matched === true;
      }
      return certain ? true : undefined;
    },
  };
};

/** At the first five colons of the text; those inside a variable's name do not count. */
function splitAtColons(parts: readonly Part[]): Part[][] {
  let current: Part[] = [];
  const split: Part[][] = [current];
  for (const part of parts) {
    if (typeof part !== 'string') {
      current.push(part);
      continue;
    }
    const { head, rest } = splitArn(part, 6 - split.length);
    for (const [index, literal] of [...head, rest].entries()) {
      if (index > 0) {
        current = [];
        split.push(current);
      }
      if (literal !== '') current.push(literal);
    }
  }
  return split;
}

/** Operators that read both sides as the same kind of thing, or match nothing. */
function typed<Value>(
  parse: (value: string) => Value | undefined,
  wrong: string,
  holds: (actual: Value, wanted: Value) => boolean,
): Compile {
  return (value) => {
    const wanted = parse(value);
    if (wanted === undefined) return wrong;
    return {
      fixed: true,
      text: value,
      variables: [],
      matches(found) {
        const actual = parse(found);
        return actual !== undefined && holds(actual, wanted);
      },
    };
  };
}

const numberText = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$/;
const parseNumber = (value: string): number | undefined =>
  numberText.test(value) ? Number(value) : undefined;
const parseBoolean = (value: string): boolean | undefined => {
  const word = value.toLowerCase();
  return word === 'true' || word === 'false' ? word === 'true' : undefined;
};

type Order = (actual: number, wanted: number) => boolean;
const equal: Order = (actual, wanted) => actual === wanted;
const less: Order = (actual, wanted) => actual < wanted;
const lessOrEqual: Order = (actual, wanted) => actual <= wanted;
const greater: Order = (actual, wanted) => actual > wanted;
const greaterOrEqual: Order = (actual, wanted) => actual >= wanted;

const numeric = (order: Order): Compile => typed(parseNumber, 'not a number', order);
const date = (order: Order): Compile =>
  typed(parsePolicyDate, 'not a date of ISO 8601, nor epoch seconds', order);
const bool = typed(parseBoolean, 'neither true nor false', (actual, wanted) => actual === wanted);

const ip: Compile = (value) => {
  const block = parseIpBlock(value);
  if (block === undefined) return 'not an IP address or CIDR block';
  return {
    fixed: true,
    text: value,
    variables: [],
    matches(found) {
      const address = parseIp(found);
      return address !== undefined && inBlock(address, block);
    },
  };
};

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The key's value, byte for byte, against what the policy gives in base64. */
const binary: Compile = (value) => {
  if (!base64.test(value)) return 'not base64';
  const wanted = Buffer.from(value, 'base64');
  return {
    fixed: true,
    text: value,
    variables: [],
    matches: (found) => wanted.equals(Buffer.from(found, 'utf8')),
  };
};

const operators: readonly Operator[] = [
  { name: 'StringEquals', negated: false, compile: text(false) },
  { name: 'StringNotEquals', negated: true, compile: text(false) },
  { name: 'StringEqualsIgnoreCase', negated: false, compile: text(false, lowerCase) },
  { name: 'StringNotEqualsIgnoreCase', negated: true, compile: text(false, lowerCase) },
  { name: 'StringLike', negated: false, compile: text(true) },
  { name: 'StringNotLike', negated: true, compile: text(true) },
  { name: 'NumericEquals', negated: false, compile: numeric(equal) },
  { name: 'NumericNotEquals', negated: true, compile: numeric(equal) },
  { name: 'NumericLessThan', negated: false, compile: numeric(less) },
  { name: 'NumericLessThanEquals', negated: false, compile: numeric(lessOrEqual) },
  { name: 'NumericGreaterThan', negated: false, compile: numeric(greater) },
  { name: 'NumericGreaterThanEquals', negated: false, compile: numeric(greaterOrEqual) },
  { name: 'DateEquals', negated: false, compile: date(equal) },
  { name: 'DateNotEquals', negated: true, compile: date(equal) },
  { name: 'DateLessThan', negated: false, compile: date(less) },
  { name: 'DateLessThanEquals', negated: false, compile: date(lessOrEqual) },
  { name: 'DateGreaterThan', negated: false, compile: date(greater) },
  { name: 'DateGreaterThanEquals', negated: false, compile: date(greaterOrEqual) },
  { name: 'Bool', negated: false, compile: bool },
  { name: 'BinaryEquals', negated: false, compile: binary },
  { name: 'IpAddress', negated: false, compile: ip },
  { name: 'NotIpAddress', negated: true, compile: ip },
  { name: 'ArnEquals', negated: false, compile: arn },
  { name: 'ArnLike', negated: false, compile: arn },
  { name: 'ArnNotEquals', negated: true, compile: arn },
  { name: 'ArnNotLike', negated: true, compile: arn },
  { name: 'Null', negated: false, compile: bool },
];

const byName = new Map(operators.map((operator) => [operator.name.toLowerCase(), operator]));
