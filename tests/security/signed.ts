/** Requests to an `S3House`, signed as a client signs them. */
import { createHash } from 'node:crypto';
import type { GivenKey } from '../../src/access/access-keys.ts';
import { canonicalQuery } from '../../src/access/signature/canonical.ts';
import { scopeText } from '../../src/access/signature/scope.ts';
import { sign, signingKey } from '../../src/access/signature/signing-key.ts';
import { timestampOf } from '../../src/access/signature/timestamp.ts';
import { presign, signHeaders, type Signer } from '../../src/access/signature/presign.ts';
import { host, type Sent } from './s3-house.ts';

export interface Signable {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Another name of the server. */
  readonly host?: string;
}

const endpointOf = (request: Signable): string => `http://${request.host ?? host}`;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function signer(key: GivenKey, changes: Partial<Signer> = {}): Signer {
  return { ...key, region: 'us-east-1', service: 's3', now: new Date(), ...changes };
}

/** Signed in the header, as it should be but for `changes`. */
export function byHeader(request: Signable, by: Signer, payload?: string): Sent {
  const { method, path, query = [], headers = {}, body = '' } = request;
  const signable = { method, endpoint: endpointOf(request), path, query, headers };
  const { target, headers: sent } = signHeaders(signable, by, payload ?? sha256(body));
  return { method, target, headers: Object.entries(sent), body };
}

/** Presigned, as it should be but for `changes`. */
export function byQuery(request: Signable, by: Signer, seconds = 60): Sent {
  const { method, path, query = [], headers = {}, body = '' } = request;
  const endpoint = endpointOf(request);
  const url = presign({ method, endpoint, path, query, headers }, by, seconds);
  return { method, target: url.slice(endpoint.length), headers: Object.entries(headers), body };
}

/** Anonymous. */
export function withoutSignature(request: Signable): Sent {
  const { method, path, query = [], headers = {}, body = '' } = request;
  const target = query.length === 0 ? path : `${path}?${canonicalQuery(query)}`;
  return { method, target, headers: Object.entries(headers), body };
}

/** Signed by `key`, its body declared unsigned: it may come as slowly as its sender likes. */
export function unsignedBody(request: Signable, key: GivenKey): Sent {
  return byHeader(request, signer(key), 'UNSIGNED-PAYLOAD');
}

export interface SignedForm {
  readonly fields: Readonly<Record<string, string>>;
  /** Of the policy; the fields that sign it are added. */
  readonly conditions: readonly unknown[];
  readonly now?: Date;
  readonly expiresInMs?: number;
}

/** The fields of a browser form: those given, its policy, and what signs that. */
export function formFields(form: SignedForm, key: GivenKey): Record<string, string> {
  const { fields, conditions, now = new Date(), expiresInMs = 60_000 } = form;
  const { accessKeyId, secretKey } = key;
  const timestamp = timestampOf(now);
  const scope = { date: timestamp.text.slice(0, 8), region: 'us-east-1', service: 's3' };
  const signing = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${accessKeyId}/${scopeText(scope)}`,
    'x-amz-date': timestamp.text,
  };
  const document = {
    expiration: new Date(now.getTime() + expiresInMs).toISOString(),
    conditions: [
      ...conditions,
      ...Object.entries(signing).map(([name, value]) => ({ [name]: value })),
    ],
  };
  const policy = Buffer.from(JSON.stringify(document)).toString('base64');
  const signature = sign(signingKey(secretKey, scope), policy);
  return { ...fields, ...signing, policy, 'x-amz-signature': signature };
}
