/**
 * The query string, decoded once: percent-encoded UTF-8, with `+` for a space as in HTML forms
 * (S3 reads it so; a literal plus is `%2B`). Checked 2026-11-24 against "Signing and authenticating
 * REST requests" of the S3 API reference, which re-encodes both as `%20`.
 */
import { Refusal } from '../base/refusal.ts';

/** The query string, decoded once, in wire order; repeated names keep every value. */
export interface Query {
  /** The first value, `''` for a bare name, undefined when absent. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  readonly entries: readonly (readonly [name: string, value: string])[];
  /** The raw query without `?`, for signatures. */
  readonly raw: string;
}

/** No operation has more than some forty; a bound keeps every later search over them small. */
const parametersMax = 256;

/**
 * The query of a request target (`target.ts` cuts it off). Throws `InvalidURI` for a broken escape,
 * for bytes that are not UTF-8 and for more than 256 parameters.
 */
export function parseQuery(raw: string): Query {
  return raw === '' ? none : new ParsedQuery(raw, entriesOf(raw));
}

class ParsedQuery implements Query {
  readonly raw: string;
  readonly entries: readonly (readonly [string, string])[];

  constructor(raw: string, entries: readonly (readonly [string, string])[]) {
    this.raw = raw;
    this.entries = entries;
  }

  get(name: string): string | undefined {
    for (const entry of this.entries) if (entry[0] === name) return entry[1];
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

const none: Query = new ParsedQuery('', []);

function entriesOf(raw: string): [string, string][] {
  const entries: [string, string][] = [];
  let start = 0;
  while (start <= raw.length) {
    const ampersand = raw.indexOf('&', start);
    const end = ampersand < 0 ? raw.length : ampersand;
    if (end > start) {
      if (entries.length === parametersMax) {
        throw new Refusal('InvalidURI', {
          message: `The query string has more than ${parametersMax} parameters.`,
        });
      }
      const equals = raw.indexOf('=', start);
      entries.push(
        equals < 0 || equals > end
          ? [decode(raw.slice(start, end)), '']
          : [decode(raw.slice(start, equals)), decode(raw.slice(equals + 1, end))],
      );
    }
    start = end + 1;
  }
  return entries;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new Refusal('InvalidURI', {
      message: 'The query string is not percent-encoded UTF-8.',
    });
  }
}
