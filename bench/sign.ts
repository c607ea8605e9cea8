/**
 * SigV4 in the header, made ahead of the measurement so that the client's own work stays small.
 * Written apart from `src/` on purpose: a benchmark that signs with the server's code would hide
 * a mistake both make. AWS: "Authenticating Requests (AWS Signature Version 4)", 2026-11-24.
 */
import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SignInput {
  readonly method: string;
  readonly host: string;
  /** Already percent-encoded. */
  readonly path: string;
  /** Already sorted and encoded, without `?`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** undefined: UNSIGNED-PAYLOAD. */
  readonly body?: Uint8Array;
  readonly region: string;
}

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** The head of an HTTP/1.1 request, signed, ready to be written to a socket before its body. */
export function signedHead(credentials: Credentials, input: SignInput, length: number): Buffer {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const day = date.slice(0, 8);
  const hash = input.body === undefined ? 'UNSIGNED-PAYLOAD' : sha256(input.body);
  const headers: Record<string, string> = {
    host: input.host,
    'x-amz-content-sha256': hash,
    'x-amz-date': date,
    ...input.headers,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    input.method,
    input.path,
    input.query ?? '',
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    hash,
  ].join('\n');
  const scope = `${day}/${input.region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [input.region, 's3', 'aws4_request'].reduce(
    (seed, part) => hmac(seed, part),
    hmac(`AWS4${credentials.secretAccessKey}`, day),
  );
  const signature = hmac(key, text).toString('hex');
  const target = input.query === undefined ? input.path : `${input.path}?${input.query}`;
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const lines = [
    `${input.method} ${target} HTTP/1.1`,
    ...names.map((name) => `${name}: ${headers[name]}`),
    `authorization: ${authorization}`,
    ...(length > 0 || input.method === 'PUT' ? [`content-length: ${length}`] : []),
    '',
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}
