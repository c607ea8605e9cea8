/**
 * Signs a request to the S3 endpoint with the caller's own access key, so that a browser can send it:
 * method, query and every given header included. What the identity may do is decided when the request
 * comes to the S3 endpoint, like any other of that key; nothing is allowed here.
 */
import { credentialFor } from '../../access/credentials.ts';
import { headerBytes } from '../../access/signature/effective-headers.ts';
import { presignParameters } from '../../access/signature/kind.ts';
import { presign as sign, type Signable } from '../../access/signature/presign.ts';
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { isoTime } from '../../base/time.ts';
import type { PresignRequest } from '../contract.ts';
import type { Members } from '../members.ts';
import { type AdminCall, knownCaller, operation } from '../operation.ts';

export const presign = operation({
  name: 'Presign',
  route: 'POST /admin/v1/presign',
  permission: 'coffer:Presign',
  reach: 'oneself',
  input: ({ body }) => ({
    method: methodOf(body.text('method')),
    path: pathOf(body.textIf('bucket'), body.textIf('key')),
    query: queryOf(body),
    headers: headersOf(body),
    seconds: secondsOf(body.countIf('expires')),
  }),
  subject: () => ({ kind: 'server' }),
  run: async (call, { method, path, query, headers, seconds }) => {
    const { services, http } = call;
    const endpoint = services.console.endpointFor(http);
    const request: Signable = { method, endpoint, path, query: Object.entries(query), headers };
    const now = services.clock();
    const signer = { ...(await ownKey(call)), region: services.region, service: 's3', now };
    const url = sign(request, signer, seconds);
    // The signature's clock counts whole seconds.
    const expiresAt = new Date(Math.floor(now.getTime() / 1000 + seconds) * 1000);
    return { method, url, headers: asBytes(headers), expiresAt: isoTime(expiresAt) };
  },
});

const defaultSeconds = 900;
/** Together with the path they stay under what `http/` takes as one request's head. */
const textBytesMax = 16 * 1024;
const entriesMax = 64;

/** Read anew: a key that was disabled a moment ago signs nothing any more. */
async function ownKey(
  call: AdminCall,
): Promise<{ readonly accessKeyId: string; readonly secretKey: string }> {
  const { accessKeyId } = knownCaller(call).identity;
  using view = call.services.view();
  const credential = await credentialFor(view, accessKeyId);
  if (credential?.enabled !== true) throw new Refusal('InvalidAccessKeyId');
  return { accessKeyId, secretKey: credential.secretKey };
}

const methods: readonly PresignRequest['method'][] = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];

function methodOf(text: string): PresignRequest['method'] {
  const method = methods.find((each) => each === text);
  if (method === undefined) throw invalid(`"method" must be one of ${methods.join(', ')}.`);
  return method;
}

function pathOf(bucket: string | undefined, key: string | undefined): string {
  if (bucket === undefined) {
    if (key !== undefined) throw invalid('"key" is given without "bucket".');
    return '/';
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/.test(bucket)) {
    throw invalid('"bucket" is no name of a bucket.');
  }
  if (key === undefined) return `/${bucket}`;
  if (key === '' || !key.isWellFormed() || Buffer.byteLength(key) > s3Limits.keyBytesMax) {
    throw invalid('"key" must be 1 to 1,024 bytes of UTF-8.');
  }
  return `/${bucket}/${key}`;
}

function queryOf(body: Members): Readonly<Record<string, string>> {
  const query = body.textsIf('query', entriesMax);
  refuseLong('query', query);
  for (const name of Object.keys(query)) {
    const lower = name.toLowerCase();
    if (lower.startsWith('x-amz-') || presignParameters.has(lower) || secondVersion.has(lower)) {
      throw invalid(`${JSON.stringify(name.slice(0, 100))} is not a parameter that can be given.`);
    }
  }
  return query;
}

/** Parameters of Signature Version 2. */
const secondVersion = new Set(['awsaccesskeyid', 'signature', 'expires']);

/** The names in lower case. */
function headersOf(body: Members): Readonly<Record<string, string>> {
  const given = body.textsIf('headers', entriesMax);
  refuseLong('headers', given);
  const headers = new Map<string, string>();
  for (const [asGiven, value] of Object.entries(given)) {
    const name = asGiven.toLowerCase();
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || fixed.has(name) || headers.has(name)) {
      throw invalid(`${JSON.stringify(asGiven.slice(0, 100))} is not a header that can be signed.`);
    }
    // eslint-disable-next-line no-control-regex -- what a header's value may not hold (RFC 9110 §5.5)
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
      throw invalid(`The header ${name} holds a control character.`);
    }
    headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

const asBytes = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerBytes(value)]));

/** Set by the signature, by the browser, or only between two hops. */
const fixed: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-amz-date',
  'x-amz-security-token',
]);

function refuseLong(member: string, texts: Readonly<Record<string, string>>): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(texts)) {
    if (!name.isWellFormed() || !value.isWellFormed()) {
      throw invalid(`"${member}" holds text that is not Unicode.`);
    }
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (bytes > textBytesMax) throw invalid(`"${member}" is longer than ${textBytesMax} bytes.`);
}

function secondsOf(expires: number | undefined): number {
  const seconds = expires ?? defaultSeconds;
  if (seconds >= 1 && seconds <= s3Limits.presignSecondsMax) return seconds;
  throw invalid(`"expires" must be 1 to ${s3Limits.presignSecondsMax} seconds.`);
}

function invalid(message: string): Refusal {
  return new Refusal('InvalidRequest', { message });
}
