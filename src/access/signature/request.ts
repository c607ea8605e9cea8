/**
 * What a signature is computed over: the part of an HTTP request that SigV4 sees. `HttpRequest` of
 * `http/` is one; so is whatever a test or a client makes.
 */
import { Refusal } from '../../base/refusal.ts';

/** Lower-case name → every value in wire order, one Latin-1 character for each byte. */
export type SignedRequestHeaders = ReadonlyMap<string, readonly string[]>;

export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as on the wire. */
  readonly target: string;
  readonly headers: SignedRequestHeaders;
}

/** A request as it arrived: its time is compared with the time it was signed for. */
export interface ReceivedRequest extends SignedRequest {
  readonly receivedAt: Date;
}

/** The parameters of a query string in wire order, decoded once. */
export type QueryEntries = readonly (readonly [name: string, value: string])[];

/** The query of `target`, decoded as S3 reads it: percent-encoded UTF-8, `+` is a space. */
export function queryEntries(target: string): QueryEntries {
  const question = target.indexOf('?');
  if (question < 0 || question === target.length - 1) return none;
  const entries: (readonly [string, string])[] = [];
  let start = question + 1;
  while (start <= target.length) {
    const ampersand = target.indexOf('&', start);
    const end = ampersand < 0 ? target.length : ampersand;
    if (end > start) {
      if (entries.length === parametersMax) throw new Refusal('InvalidURI');
      const equals = target.indexOf('=', start);
      const split = equals < 0 || equals > end ? end : equals;
      entries.push([decode(target.slice(start, split)), decode(target.slice(split + 1, end))]);
    }
    start = end + 1;
  }
  return entries;
}

/** The path of `target`, as on the wire. */
export function rawPathOf(target: string): string {
  const question = target.indexOf('?');
  return question < 0 ? target : target.slice(0, question);
}

/** The values of a header as one, repeated ones joined by `,`; undefined when absent. */
export function headerValue(headers: SignedRequestHeaders, name: string): string | undefined {
  const values = headers.get(name);
  if (values === undefined) return undefined;
  return values.length === 1 ? values[0] : values.join(',');
}

const none: QueryEntries = [];

/** The bound of `s3/query.ts`: more is no request of any client. */
const parametersMax = 256;

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new Refusal('InvalidURI');
  }
}
