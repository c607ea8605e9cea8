/**
 * Signing, the other side of verification: presigned URLs for console and commands, and the
 * `Authorization` header for the client of the admin API. Same specification as `verify-*.ts`.
 */
import { s3Limits } from '../../base/limits.ts';
import { assert } from '../../base/refusal.ts';
import type { QueryEntries } from '../../base/request-target.ts';
import { canonicalQuery, canonicalRequest, encodePath } from './canonical.ts';
import { headerBytes } from './effective-headers.ts';
import { unsignedPayloadName } from './payload-rule.ts';
import { algorithm, type Endpoint, scopeText } from './scope.ts';
import { sign, signingKey, stringToSign } from './signing-key.ts';
import { timestampOf } from './timestamp.ts';

/** Whose signature, for which endpoint, when. */
export interface Signer extends Endpoint {
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly now: Date;
}

export interface Signable {
  readonly method: string;
  /** Scheme, host and port: `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  /** Decoded path, from `/`: a key stands in it as it is. */
  readonly path: string;
  readonly query?: QueryEntries;
  /**
   * Headers that the request will carry, besides `host`; all are signed. Without
   * `x-amz-content-sha256` a presigned request's body is not.
   */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A URL that makes the request valid for `expiresSeconds` (1 to 604,800). */
export function presign(request: Signable, signer: Signer, expiresSeconds: number): string {
  assert(
    Number.isInteger(expiresSeconds) &&
      expiresSeconds >= 1 &&
      expiresSeconds <= s3Limits.presignSecondsMax,
    'a presigned URL is valid for 1 second to 7 days',
  );
  const { timestamp, scope, key, credential } = prepare(signer);
  const headers = allHeaders(request);
  const names = [...headers.keys()].sort();
  const query: QueryEntries = [
    ...(request.query ?? []),
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', credential],
    ['X-Amz-Date', timestamp.text],
    ['X-Amz-Expires', String(expiresSeconds)],
    ['X-Amz-SignedHeaders', names.join(';')],
  ];
  const rawPath = encodePath(request.path);
  const canonical = canonicalRequest({
    method: request.method,
    rawPath,
    query,
    signedHeaders: new Set(names),
    header: (name) => headers.get(name),
    payload: headers.get('x-amz-content-sha256')?.[0] ?? unsignedPayloadName,
  });
  const signature = sign(key, stringToSign(timestamp, scope, canonical));
  return `${request.endpoint}${rawPath}?${canonicalQuery(query)}&X-Amz-Signature=${signature}`;
}

/** The path and query to ask for, and the headers to send (as bytes), `authorization` among them. */
export interface SignedCall {
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Signs a request in its headers. `payload` is the body's SHA-256 in hexadecimal digits. */
export function signHeaders(request: Signable, signer: Signer, payload: string): SignedCall {
  const { timestamp, scope, key, credential } = prepare(signer);
  const headers = allHeaders(request);
  headers.set('x-amz-date', [timestamp.text]);
  headers.set('x-amz-content-sha256', [payload]);
  const names = [...headers.keys()].sort();
  const query = request.query ?? [];
  const rawPath = encodePath(request.path);
  const canonical = canonicalRequest({
    method: request.method,
    rawPath,
    query,
    signedHeaders: new Set(names),
    header: (name) => headers.get(name),
    payload,
  });
  const signature = sign(key, stringToSign(timestamp, scope, canonical));
  const sent: Record<string, string> = {};
  for (const [name, [value = '']] of headers) sent[name] = value;
  sent['authorization'] =
    `${algorithm} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return {
    target: query.length === 0 ? rawPath : `${rawPath}?${canonicalQuery(query)}`,
    headers: sent,
  };
}

function prepare(signer: Signer) {
  const timestamp = timestampOf(signer.now);
  const { region, service, accessKeyId, secretKey } = signer;
  const scope = { date: timestamp.text.slice(0, 8), region, service };
  const key = signingKey(secretKey, scope);
  return { timestamp, scope, key, credential: `${accessKeyId}/${scopeText(scope)}` };
}

function allHeaders(request: Signable): Map<string, readonly string[]> {
  const headers = new Map<string, readonly string[]>([['host', [new URL(request.endpoint).host]]]);
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers.set(name.toLowerCase(), [headerBytes(value)]);
  }
  return headers;
}
