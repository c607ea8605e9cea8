/**
 * Signature Version 4 of the tests' own, for requests that no SDK makes: written from AWS's pages
 * ("Signature Calculations for the Authorization Header", "Transferring Payload in Multiple Chunks",
 * "Including Trailing Headers", S3 API reference, 2026-11-24), sharing nothing with the server's.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Credentials } from './site.ts';

export interface RawRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** `x-amz-content-sha256`. */
  readonly payload?: string;
  readonly date?: Date;
}

/** A request signed in its header, ready for a socket but for its body. */
export interface SignedRequest {
  readonly head: string;
  readonly signChunk: (chunk: Uint8Array) => string;
  readonly signTrailer: (lines: string) => string;
}

const sha256 = (data: Uint8Array | string): string =>
  createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const emptyHash = sha256('');
const region = 'us-east-1';

function scopeOf(credentials: Credentials, date: Date) {
  const timestamp = date.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const day = timestamp.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = ['s3', 'aws4_request'].reduce(
    hmac,
    hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), region),
  );
  const sign = (kind: string, ...rest: string[]): string =>
    hmac(key, [kind, timestamp, scope, ...rest].join('\n')).toString('hex');
  return { timestamp, scope, sign };
}

const queryOf = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');

/** Signs in the Authorization header. */
export function signed(request: RawRequest, credentials: Credentials): SignedRequest {
  const { method, host, path, query = {}, payload = emptyHash, date = new Date() } = request;
  const { timestamp, scope, sign } = scopeOf(credentials, date);
  const given = Object.entries(request.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  const headers: Record<string, string> = {
    ...(Object.fromEntries(given) as Record<string, string>),
    host,
    'x-amz-date': timestamp,
    'x-amz-content-sha256': payload,
  };
  const names = Object.keys(headers).toSorted();
  const canonical = [
    method,
    path,
    queryOf(query),
    ...names.map((name) => `${name}:${headers[name]?.trim()}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
  let previous = sign('AWS4-HMAC-SHA256', sha256(canonical));
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${previous}`;
  const search = queryOf(query);
  const lines = [
    `${method} ${path}${search === '' ? '' : `?${search}`} HTTP/1.1`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `authorization: ${authorization}`,
  ];
  return {
    head: `${lines.join('\r\n')}\r\n\r\n`,
    signChunk: (chunk) => {
      previous = sign('AWS4-HMAC-SHA256-PAYLOAD', previous, emptyHash, sha256(chunk));
      return previous;
    },
    signTrailer: (text) => {
      previous = sign('AWS4-HMAC-SHA256-TRAILER', previous, sha256(text));
      return previous;
    },
  };
}

/** A path and query signed in the query, good for so many seconds from `date` on; `headers` too. */
export function presigned(
  { method, host, path, query = {}, headers = {}, date = new Date() }: RawRequest,
  credentials: Credentials,
  seconds: number,
): string {
  const { timestamp, scope, sign } = scopeOf(credentials, date);
  const all = { host, ...headers } as Readonly<Record<string, string>>;
  const names = Object.keys(all).toSorted();
  const parameters = {
    ...query,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': timestamp,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': names.join(';'),
  };
  const lines = [
    method,
    path,
    queryOf(parameters),
    ...names.map((name) => `${name}:${all[name]}`),
    '',
    names.join(';'),
    'UNSIGNED-PAYLOAD',
  ];
  const signature = sign('AWS4-HMAC-SHA256', sha256(lines.join('\n')));
  return `${path}?${queryOf(parameters)}&X-Amz-Signature=${signature}`;
}
