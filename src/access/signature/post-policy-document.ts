/**
 * The policy document of a POST form, parsed: base64 of JSON with an expiration and conditions
 * ("Creating a POST policy", S3 API reference, 2026-11-24; texts as S3 answers them). It is read only
 * after its signature verified, and is at most as long as a form's fields may be, so whatever it
 * nests is harmless.
 */
import { parserLimits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';

export interface PostPolicy {
  readonly expiration: Date;
  readonly conditions: readonly PostCondition[];
}

export type PostCondition = MatchCondition | RangeCondition;

export interface MatchCondition {
  readonly operator: 'eq' | 'starts-with';
  /** The field, lower case; undefined where the name lacks its `$`, which nothing matches. */
  readonly field: string | undefined;
  readonly value: string;
  /** As AWS prints it in errors: `["eq", "$key", "a"]`. */
  readonly text: string;
}

export interface RangeCondition {
  readonly operator: 'content-length-range';
  /** Bytes, both included; undefined where a bound is no number, which nothing matches. */
  readonly range: LengthRange | undefined;
  readonly text: string;
}

/** How long the file may be, in bytes, both included. */
export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

/** Parses a policy. Throws `InvalidPolicyDocument` that says what is wrong. */
export function parsePostPolicy(base64: string): PostPolicy {
  const document = parseJson(decode(base64));
  if (!isObject(document)) throw invalid('Invalid JSON.');
  for (const name of Object.keys(document)) {
    if (name !== 'expiration' && name !== 'conditions') {
      throw invalid(`Unexpected: '${name.toLowerCase()}'`);
    }
  }
  const { expiration, conditions } = document;
  if (expiration === undefined) throw invalid('Policy missing expiration.');
  if (conditions === undefined) throw invalid('Policy missing conditions.');
  if (!Array.isArray(conditions)) {
    throw invalid("Invalid 'conditions' value: must be a List.");
  }
  return { expiration: parseExpiration(expiration), conditions: conditions.map(parseCondition) };
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const base64Text = /^[A-Za-z0-9+/]*={0,2}$/;

function decode(base64: string): string {
  if (base64.length > parserLimits.postFieldsBytesMax || !base64Text.test(base64)) {
    throw invalid('invalid Base64 encoding.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    throw invalid('Invalid JSON.');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Invalid JSON.');
  }
}

const utcTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

function parseExpiration(value: unknown): Date {
  const time = typeof value === 'string' && utcTime.test(value) ? new Date(value) : undefined;
  if (time !== undefined && !Number.isNaN(time.getTime())) return time;
  throw invalid(
    `Invalid 'expiration' value: '${typeof value === 'string' ? value : typeof value}'`,
  );
}

function parseCondition(condition: unknown): PostCondition {
  if (Array.isArray(condition)) return listCondition(condition);
  if (isObject(condition)) return simpleCondition(condition);
  throw invalid('Invalid condition: must be a List or Object.');
}

function simpleCondition(condition: JsonObject): MatchCondition {
  const [entry, ...more] = Object.entries(condition);
  const simple = 'Invalid Simple-Condition:';
  if (entry === undefined || more.length > 0) {
    throw invalid(`${simple} Simple-Conditions must have exactly one property specified.`);
  }
  const [name, value] = entry;
  if (typeof value !== 'string') throw invalid(`${simple} value must be a string.`);
  return matchCondition('eq', `$${name}`, value);
}

function listCondition(condition: readonly unknown[]): PostCondition {
  const [name, first, second] = condition;
  if (typeof name !== 'string') {
    throw invalid('Invalid Condition: missing operation identifier.');
  }
  const operator = name.toLowerCase();
  if (operator !== 'eq' && operator !== 'starts-with' && operator !== 'content-length-range') {
    throw invalid(`Invalid Condition: unknown operation '${name}'.`);
  }
  if (condition.length !== 3) throw invalid(`Invalid ${operator}: wrong number of arguments.`);
  if (operator === 'content-length-range') return rangeCondition(first, second);
  if (typeof first !== 'string' || typeof second !== 'string') throw invalid('Invalid JSON.');
  return matchCondition(operator, first, second);
}

function matchCondition(operator: 'eq' | 'starts-with', name: string, value: string) {
  const field = name.startsWith('$') ? name.slice(1).toLowerCase() : undefined;
  return { operator, field, value, text: printed(operator, name, value) };
}

function rangeCondition(first: unknown, second: unknown): RangeCondition {
  const min = bound(first);
  const max = bound(second);
  return {
    operator: 'content-length-range',
    range: min === undefined || max === undefined ? undefined : { min, max },
    text: printed('content-length-range', first, second),
  };
}

/** S3 takes numbers and strings of digits; a number that is no count is not even a policy. */
function bound(value: unknown): number | undefined {
  if (typeof value === 'string') return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid('Invalid JSON.');
}

const printed = (...parts: readonly unknown[]): string =>
  `[${parts.map((part) => JSON.stringify(part)).join(', ')}]`;

function invalid(detail: string): Refusal {
  return new Refusal('InvalidPolicyDocument', { message: `Invalid Policy: ${detail}` });
}
