/**
 * Every way in which a request is not from who it says it is from. Each takes a sound request and
 * gives what is sent instead; none of them may reach storage.
 */
import type { GivenKey } from '../../src/access/access-keys.ts';
import type { RouteRequest } from './routes.ts';
import { byHeader, byQuery, signer, withoutSignature } from './signed.ts';
import type { Sent } from './s3-house.ts';

export interface Keys {
  readonly root: GivenKey;
  readonly disabled: GivenKey;
}

export interface BadAuthentication {
  readonly name: string;
  readonly send: (request: RouteRequest, keys: Keys) => Sent;
  /** What S3 answers. */
  readonly codes: readonly string[];
  /** A browser form is read all the same: what is wrong here is no part of it. */
  readonly formIsRead?: true;
}

type Edit = (sent: Signed) => Signed;

interface Signed {
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
}

const minute = 60_000;
const ago = (ms: number): Date => new Date(Date.now() - ms);

const edited =
  (sign: (request: RouteRequest, keys: Keys) => Sent, edit: Edit): BadAuthentication['send'] =>
  (request, keys) => {
    const sent = sign(request, keys);
    return { ...sent, ...edit({ target: sent.target, headers: sent.headers ?? [] }) };
  };

const header: BadAuthentication['send'] = (request, { root }) => byHeader(request, signer(root));
const query: BadAuthentication['send'] = (request, { root }) => byQuery(request, signer(root));

const withHeader =
  (name: string, value: string): Edit =>
  ({ target, headers }) => ({ target, headers: [...headers, [name, value]] });

const authorization =
  (from: RegExp, to: string): Edit =>
  ({ target, headers }) => ({
    target,
    headers: headers.map(([name, value]) =>
      name === 'authorization' ? [name, value.replace(from, to)] : [name, value],
    ),
  });

const inTarget =
  (from: RegExp, to: string): Edit =>
  ({ target, headers }) => ({ target: target.replace(from, to), headers });

const appended =
  (parameter: string): Edit =>
  ({ target, headers }) => ({
    target: `${target}${target.includes('?') ? '&' : '?'}${parameter}`,
    headers,
  });

const zeros = '0'.repeat(64);
const malformed = ['AuthorizationHeaderMalformed'];
const badQuery = ['AuthorizationQueryParametersError'];

export const badAuthentications: readonly BadAuthentication[] = [
  {
    name: 'a bad signature in the header',
    send: edited(header, authorization(/Signature=\w+/, `Signature=${zeros}`)),
    codes: ['SignatureDoesNotMatch'],
  },
  {
    name: 'an empty signature',
    send: edited(header, authorization(/Signature=\w+/, 'Signature=')),
    codes: malformed,
  },
  {
    name: 'the secret of nobody',
    send: (request, { root }) => byHeader(request, signer({ ...root, secretKey: 'wrong' })),
    codes: ['SignatureDoesNotMatch'],
  },
  {
    name: 'an unknown key',
    send: (request, { root }) => byHeader(request, signer({ ...root, accessKeyId: 'AKIANOBODY' })),
    codes: ['InvalidAccessKeyId'],
  },
  {
    name: 'a disabled key',
    send: (request, { disabled }) => byHeader(request, signer(disabled)),
    codes: ['InvalidAccessKeyId'],
  },
  {
    name: 'signed sixteen minutes ago',
    send: (request, { root }) => byHeader(request, signer(root, { now: ago(16 * minute) })),
    // Around midnight the scope's date is another as well.
    codes: ['RequestTimeTooSkewed'],
  },
  {
    name: 'signed for sixteen minutes from now',
    send: (request, { root }) => byHeader(request, signer(root, { now: ago(-16 * minute) })),
    codes: ['RequestTimeTooSkewed'],
  },
  {
    name: 'an x-amz-* header that was not signed',
    send: edited(header, withHeader('x-amz-meta-later', 'added')),
    codes: ['AccessDenied'],
  },
  {
    name: 'credentials in the header and in the query',
    send: edited(query, withHeader('authorization', 'AWS4-HMAC-SHA256 Credential=a')),
    codes: ['InvalidArgument'],
  },
  {
    name: 'Signature Version 2 in the header',
    send: edited(header, authorization(/^.*$/, 'AWS AKIANOBODY:c2lnbmF0dXJl')),
    codes: ['InvalidRequest'],
  },
  {
    name: 'Signature Version 2 in the query',
    send: edited(
      (request) => withoutSignature(request),
      appended('AWSAccessKeyId=AKIANOBODY&Signature=c2ln&Expires=1'),
    ),
    codes: ['InvalidRequest'],
  },
  {
    name: 'another region',
    send: (request, { root }) => byHeader(request, signer(root, { region: 'eu-west-1' })),
    codes: malformed,
  },
  {
    name: 'another service',
    send: (request, { root }) => byHeader(request, signer(root, { service: 'coffer' })),
    codes: malformed,
  },
  {
    name: 'another terminator',
    send: edited(header, authorization(/aws4_request/, 'aws5_request')),
    codes: malformed,
  },
  {
    name: 'two Authorization headers',
    send: edited(header, withHeader('authorization', 'AWS4-HMAC-SHA256 Credential=a')),
    codes: malformed,
  },
  {
    name: 'a bearer token',
    send: edited(header, authorization(/^.*$/, 'Bearer eyJhbGciOiJub25lIn0.e30.')),
    codes: ['InvalidArgument'],
  },
  {
    name: 'a security token',
    send: edited(header, withHeader('x-amz-security-token', 'token')),
    codes: ['InvalidToken'],
  },
  {
    name: 'a security token and nothing else',
    send: edited(
      (request) => withoutSignature(request),
      withHeader('x-amz-security-token', 'token'),
    ),
    codes: ['InvalidToken'],
  },
  {
    name: 'no payload hash',
    send: edited(header, ({ target, headers }) => ({
      target,
      headers: headers.filter(([name]) => name !== 'x-amz-content-sha256'),
    })),
    codes: ['InvalidRequest'],
  },
  {
    name: 'an unsigned trailer and a bad signature (CVE-2025-31489)',
    send: edited(
      (request, { root }) => {
        const streaming = {
          ...request,
          headers: { ...request.headers, 'x-amz-decoded-content-length': '3' },
          body: '3\r\nabc\r\n0\r\n\r\n',
        };
        return byHeader(streaming, signer(root), 'STREAMING-UNSIGNED-PAYLOAD-TRAILER');
      },
      authorization(/Signature=\w+/, `Signature=${zeros}`),
    ),
    codes: ['SignatureDoesNotMatch'],
  },
  {
    name: 'an unsigned trailer and bad credentials in the query (CVE-2026-41145)',
    send: edited(
      (request, { root }) => {
        const headers = { ...request.headers, 'x-amz-decoded-content-length': '3' };
        const payload = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
        const streaming = { ...request, headers: { ...headers, ...payload } };
        return byQuery({ ...streaming, body: '3\r\nabc\r\n0\r\n\r\n' }, signer(root));
      },
      inTarget(/X-Amz-Signature=\w+/, `X-Amz-Signature=${zeros}`),
    ),
    codes: ['SignatureDoesNotMatch'],
  },
  {
    name: 'signed chunks of nobody',
    send: edited(
      (request) => withoutSignature(request),
      withHeader('x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'),
    ),
    formIsRead: true,
    codes: ['AccessDenied'],
  },
  {
    name: 'a presigned URL with a bad signature',
    send: edited(query, inTarget(/X-Amz-Signature=\w+/, `X-Amz-Signature=${zeros}`)),
    codes: ['SignatureDoesNotMatch'],
  },
  {
    name: 'a presigned URL of another method',
    send: (request, { root }) => ({
      ...byQuery({ ...request, method: 'PATCH' }, signer(root)),
      method: request.method,
    }),
    codes: ['SignatureDoesNotMatch'],
  },
  {
    name: 'a presigned URL that has expired',
    send: (request, { root }) => byQuery(request, signer(root, { now: ago(2 * minute) }), 60),
    codes: ['AccessDenied'],
  },
  {
    name: 'a presigned URL that is valid for too long',
    send: edited(query, inTarget(/X-Amz-Expires=60/, 'X-Amz-Expires=604801')),
    codes: badQuery,
  },
  {
    name: 'a presigned URL without an end',
    send: edited(query, inTarget(/&?X-Amz-Expires=60/, '')),
    codes: badQuery,
  },
  {
    name: 'a presigned URL with an unsigned x-amz-* header (CVE-2026-54330)',
    send: edited(query, withHeader('x-amz-meta-later', 'added')),
    codes: ['AccessDenied'],
  },
  {
    name: 'a presigned URL with an unsigned x-amz-* parameter',
    send: edited(query, appended('x-amz-acl=public-read')),
    codes: ['SignatureDoesNotMatch'],
  },
  {
    name: 'a presigned URL with a parameter twice',
    send: edited(query, appended('X-Amz-Expires=600')),
    codes: badQuery,
  },
  {
    name: 'a presigned URL of a disabled key',
    send: (request, { disabled }) => byQuery(request, signer(disabled)),
    codes: ['InvalidAccessKeyId'],
  },
];
