/**
 * How a request says who it is from, decided once, from the whole request (SECURITY-REGRESSIONS
 * rule 1): callers switch over the result exhaustively and deny what is left. A request that says it
 * in two ways, in a way that Coffer does not know, or only half, is refused here and never taken for
 * an anonymous one. Nothing is verified here.
 *
 * AWS: "Authenticating Requests (AWS Signature Version 4)", S3 API reference; texts as S3 answers
 * them; checked 2026-11-24. Signature Version 2 and SigV4A are refused by name.
 */
import { header, type Headers } from '../../base/headers.ts';
import { Refusal } from '../../base/refusal.ts';
import { queryEntries, rawQuery, type QueryEntries } from '../../base/request-target.ts';
import type { SignedRequest } from './request.ts';
import { algorithm, parseCredential, type ScopedCredential } from './scope.ts';

/** What header and query give alike. */
export interface SignatureParameters {
  readonly credential: ScopedCredential;
  /** Lower case, in the order given. */
  readonly signedHeaders: ReadonlySet<string>;
  /** As given; it may be anything. */
  readonly signature: string;
}

export interface HeaderAuthentication extends SignatureParameters {
  readonly kind: 'header';
  readonly query: QueryEntries;
}

export interface PresignedAuthentication extends SignatureParameters {
  readonly kind: 'presigned';
  readonly query: QueryEntries;
  readonly date: string;
  readonly expires: string;
}

export type AuthenticationKind =
  | { readonly kind: 'anonymous' }
  | HeaderAuthentication
  | PresignedAuthentication
  /** `multipart/form-data`, whose credentials, if any, are fields of the body (`verify-form.ts`). */
  | { readonly kind: 'form' };

/** Decides the kind of authentication. Throws AWS's refusal for everything but one whole kind. */
export function authenticationKind(request: SignedRequest): AuthenticationKind {
  const { headers } = request;
  const query = queryEntries(rawQuery(request.target));
  const inQuery = query.length > 0 ? queryAuthentication(query) : undefined;
  const authorization = headers.get('authorization');
  if (authorization !== undefined && inQuery !== undefined) throw twoKinds();
  if (inQuery === 'v2') throw unsupportedMechanism();
  refuseTokens(headers, query);
  if (authorization !== undefined) return fromHeader(authorization, query);
  if (inQuery === 'v4') return fromQuery(query);
  return isForm(request) ? form : anonymous;
}

const anonymous: AuthenticationKind = { kind: 'anonymous' };
const form: AuthenticationKind = { kind: 'form' };

/** Parameters that exist only to authenticate, lower case. Any of them makes a request a presigned one. */
export const presignParameters: ReadonlySet<string> = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-signedheaders',
  'x-amz-signature',
]);

function queryAuthentication(query: QueryEntries): 'v4' | 'v2' | undefined {
  let found: 'v4' | 'v2' | undefined;
  for (const [name] of query) {
    if (presignParameters.has(name.toLowerCase())) return 'v4';
    if (name === 'AWSAccessKeyId' || name === 'Signature') found = 'v2';
  }
  return found;
}

function refuseTokens(headers: Headers, query: QueryEntries): void {
  const token = 'x-amz-security-token';
  if (!headers.has(token) && !query.some(([name]) => name.toLowerCase() === token)) return;
  throw new Refusal('InvalidToken', {
    message: 'The provided token is malformed or otherwise invalid.',
  });
}

function isForm({ method, headers }: SignedRequest): boolean {
  if (method !== 'POST') return false;
  const type = header(headers, 'content-type') ?? '';
  return type.slice(0, formType.length).toLowerCase() === formType;
}

const formType = 'multipart/form-data';

function fromHeader(values: readonly string[], query: QueryEntries): HeaderAuthentication {
  const [value = ''] = values;
  if (values.length !== 1) {
    throw headerMalformed('the Authorization header is given more than once.');
  }
  const space = value.indexOf(' ');
  const scheme = space < 0 ? value : value.slice(0, space);
  if (scheme !== algorithm) throw otherScheme(scheme, space);
  const given = new Map<string, string>();
  // One more than there may be is enough to see that there are too many.
  for (let at = scheme.length; at <= value.length && given.size <= componentsMax;) {
    const comma = value.indexOf(',', at);
    const end = comma < 0 ? value.length : comma;
    const text = value.slice(at, end).trim();
    at = end + 1;
    const equals = text.indexOf('=');
    if (equals < 0) {
      throw headerMalformed(`the authorization component "${text}" is malformed.`);
    }
    const name = text.slice(0, equals);
    if (given.has(name)) throw headerMalformed(`${name} is given more than once.`);
    given.set(name, text.slice(equals + 1));
  }
  const credential = given.get('Credential') ?? '';
  const signedHeaders = given.get('SignedHeaders') ?? '';
  const signature = given.get('Signature') ?? '';
  if (given.size !== componentsMax || credential === '' || signedHeaders === '' || !signature) {
    throw headerMalformed(
      'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
    );
  }
  return {
    kind: 'header',
    credential: parseCredential(credential, 'header'),
    signedHeaders: headerNames(signedHeaders, headerMalformed),
    signature,
    query,
  };
}

const componentsMax = 3;

function fromQuery(query: QueryEntries): PresignedAuthentication {
  const given = new Map<string, string>();
  for (const [name, value] of query) {
    const lower = name.toLowerCase();
    if (!lower.startsWith('x-amz-')) continue;
    if (given.has(lower)) {
      throw queryMalformed(`The query parameter ${name} is given more than once.`);
    }
    given.set(lower, value);
  }
  for (const name of presignParameters) if (!given.get(name)) throw queryMalformed(allSix);
  const value = (name: string): string => given.get(name) ?? '';
  if (value('x-amz-algorithm') !== algorithm) {
    throw queryMalformed(`X-Amz-Algorithm only supports "${algorithm}"`);
  }
  return {
    kind: 'presigned',
    credential: parseCredential(value('x-amz-credential'), 'query'),
    signedHeaders: headerNames(value('x-amz-signedheaders'), queryMalformed),
    signature: value('x-amz-signature'),
    date: value('x-amz-date'),
    expires: value('x-amz-expires'),
    query,
  };
}

const allSix =
  'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.';

/** A name given twice would be hashed twice: a client that does so has lost track, and so would we. */
function headerNames(text: string, refuse: (detail: string) => Refusal): ReadonlySet<string> {
  if (!headerNameList.test(text)) {
    throw refuse(`SignedHeaders must be lower-case header names with ";" between them.`);
  }
  const names = text.split(';');
  const set = new Set(names);
  if (set.size !== names.length) throw refuse('SignedHeaders names a header twice.');
  return set;
}

/** RFC 9110 §5.6.2 `token`s, lower case, with `;` between them. */
const headerNameList = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*$/;

function headerMalformed(detail: string): Refusal {
  return new Refusal('AuthorizationHeaderMalformed', {
    message: `The authorization header is malformed; ${detail}`,
  });
}

function queryMalformed(message: string): Refusal {
  return new Refusal('AuthorizationQueryParametersError', { message });
}

function otherScheme(scheme: string, space: number): Refusal {
  if (scheme === 'AWS' || scheme.startsWith('AWS4-')) return unsupportedMechanism();
  // Without a space the whole value may be a secret of another system: it is not repeated.
  const message =
    space < 0
      ? "Authorization header is invalid -- one and only one ' ' (space) required"
      : 'Unsupported Authorization Type';
  return new Refusal('InvalidArgument', { message, fields: { ArgumentName: 'Authorization' } });
}

function unsupportedMechanism(): Refusal {
  return new Refusal('InvalidRequest', {
    message: `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`,
  });
}

function twoKinds(): Refusal {
  return new Refusal('InvalidArgument', {
    message:
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    fields: { ArgumentName: 'Authorization' },
  });
}
