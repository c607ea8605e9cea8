/**
 * The strings of a policy that values are held against: fixed text, wildcards, and policy variables
 * (IAM User Guide, "Variables and tags", checked 2026-11-24).
 *
 * A variable's value always stands for itself: a `*` in a user's name is no wildcard. A variable
 * without a value and without a default makes the pattern undecided (`undefined`): it neither
 * matches nor proves a mismatch, so a negated element built on it does not hold either.
 */
import type { Lookup, Pattern } from './policy.ts';
import { any, one, Wildcard, type Piece } from './wildcard.ts';

export interface PatternSyntax {
  /** `*` and `?` are wildcards (StringLike, ARNs, actions), or only characters (StringEquals). */
  readonly wildcards: boolean;
  /** `${...}` is a variable: version 2012-10-17, and places that take variables. */
  readonly variables: boolean;
}

/** `${key}` or `${key, 'default'}`. */
export interface Variable {
  /** Lower case: names of keys ignore case. */
  readonly key: string;
  readonly fallback: string | undefined;
}

export type Part = Piece | Variable;

/** A pattern that ignores nothing, or ignores case where `fold` is given. */
export function compilePattern(parts: readonly Part[], fold = keep): Pattern {
  const variables = parts.filter(isVariable).map(({ key }) => key);
  const text = patternText(parts);
  if (variables.length > 0) return { fixed: false, text, variables, ...template(parts, fold) };
  const pieces = parts
    .filter((part): part is Piece => !isVariable(part))
    .map((piece) => foldPiece(piece, fold));
  if (pieces.every((piece) => typeof piece === 'string')) {
    const whole = pieces.join('');
    return { fixed: true, text, variables, matches: (value) => fold(value) === whole };
  }
  const wildcard = new Wildcard(pieces);
  return { fixed: false, text, variables, matches: (value) => wildcard.matches(fold(value)) };
}

/** What is wrong with a `${...}`, and how far into the text. */
export class BadVariable {
  readonly offset: number;
  readonly found: string;

  constructor(offset: number, found: string) {
    this.offset = offset;
    this.found = found;
  }
}

/** Takes a pattern's text apart. */
export function partsOf(text: string, syntax: PatternSyntax): readonly Part[] | BadVariable {
  const parts: Part[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') parts.push(literal);
    literal = '';
  };
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (syntax.variables && char === '$' && text[at + 1] === '{') {
      variableAt.lastIndex = at;
      const found = variableAt.exec(text);
      if (found === null) return new BadVariable(at, text.slice(at, at + 40));
      const [whole, special, key = '', fallback] = found;
      if (special === undefined) {
        flush();
        parts.push({ key: key.toLowerCase(), fallback });
      } else literal += special;
      at += whole.length;
      continue;
    }
    if (syntax.wildcards && (char === '*' || char === '?')) {
      flush();
      parts.push(char === '*' ? any : one);
    } else literal += char;
    at += 1;
  }
  flush();
  return parts;
}

/** The escapes `${*}`, `${?}`, `${$}`; a key; a key and its default in single quotes. */
const variableAt = /\$\{(?:([*?$])|([A-Za-z0-9-]+:[^{}$,'*?\s]+)(?:, ?'([^'{}]*)')?)\}/y;

const keep = (text: string): string => text;

export function isVariable(part: Part): part is Variable {
  return typeof part === 'object';
}

function patternText(parts: readonly Part[]): string {
  const shown = parts.map((part) => {
    if (part === any) return '*';
    if (part === one) return '?';
    return typeof part === 'object' ? `\${${part.key}}` : part;
  });
  return shown.join('');
}

function foldPiece(piece: Piece, fold: (text: string) => string): Piece {
  return typeof piece === 'string' ? fold(piece) : piece;
}

function template(
  parts: readonly Part[],
  fold: (text: string) => string,
): Pick<Pattern, 'matches'> {
  return {
    matches(value, lookup) {
      const pieces: Piece[] = [];
      for (const part of parts) {
        if (isVariable(part)) {
          const found = resolve(part, lookup);
          if (found === undefined) return undefined;
          pieces.push(fold(found));
        } else pieces.push(foldPiece(part, fold));
      }
      return new Wildcard(pieces).matches(fold(value));
    },
  };
}

/** A key with several values is no variable (AWS: "You cannot use a multivalued key"). */
function resolve(variable: Variable, lookup: Lookup): string | undefined {
  const values = lookup(variable.key);
  return values?.length === 1 ? values[0] : variable.fallback;
}
