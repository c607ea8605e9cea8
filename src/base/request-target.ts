/**
 * A request's target, path and query as on the wire, taken apart. Whoever signs, routes or decides
 * by a query must read the same one, so it is decoded here and nowhere else: percent-encoded UTF-8,
 * with `+` for a space as in HTML forms (S3 reads it so; a literal plus is `%2B`). Checked 2026-11-24
 * against "Signing and authenticating REST requests" of the S3 API reference, which re-encodes both
 * as `%20`.
 */
import { parserLimits } from './limits.ts';
import { Refusal } from './refusal.ts';

/** The parameters of a query string in wire order, decoded once; repeated names keep every value. */
export type QueryEntries = readonly (readonly [name: string, value: string])[];

/** The path of a target, without the query. */
export function rawPath(target: string): string {
  const question = target.indexOf('?');
  return question < 0 ? target : target.slice(0, question);
}

/** The query string of a target, without `?`. */
export function rawQuery(target: string): string {
  const question = target.indexOf('?');
  return question < 0 ? '' : target.slice(question + 1);
}

/**
 * The parameters of a query string; a bare name has the value `''`. Throws `InvalidURI` for a broken
 * escape, for bytes that are not UTF-8 and for too many parameters.
 */
export function queryEntries(raw: string): QueryEntries {
  if (raw === '') return none;
  const entries: (readonly [string, string])[] = [];
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
      const split = equals < 0 || equals > end ? end : equals;
      entries.push([decode(raw.slice(start, split)), decode(raw.slice(split + 1, end))]);
    }
    start = end + 1;
  }
  return entries;
}

const none: QueryEntries = [];
const parametersMax = parserLimits.queryParametersMax;

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
