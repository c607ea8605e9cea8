/** Each way in which a signed request is not accepted, and AWS's answer to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal, type RefusalCode } from '../../base/refusal.ts';
import { canonicalRequest } from './canonical.ts';
import { authenticationKind } from './kind.ts';
import { parsePayloadRule } from './payload-rule.ts';
import { presign, type Signable, signHeaders } from './presign.ts';
import type { ReceivedRequest } from './request.ts';
import { scopeText } from './scope.ts';
import { sign, signingKey, stringToSign } from './signing-key.ts';
import { verifyHeader } from './verify-header.ts';
import { verifyPresigned } from './verify-presigned.ts';
import type { SigningCredential, Verifier } from './verified.ts';

const secretKey = 'secret';
const lookedUp: string[] = [];
const verifier: Verifier<SigningCredential> = {
  region: 'us-east-1',
  service: 's3',
  credentialFor: (accessKeyId) => {
    lookedUp.push(accessKeyId);
    const known = accessKeyId === 'AKID' || accessKeyId === 'DISABLED';
    const credential = { accessKeyId, secretKey, enabled: accessKeyId === 'AKID' };
    return Promise.resolve(known ? credential : undefined);
  },
};
const now = new Date('2026-11-24T08:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const own = { accessKeyId: 'AKID', secretKey, region: 'us-east-1', service: 's3', now };
const call: Signable = { method: 'PUT', endpoint: 'http://h:9000', path: '/b/k' };
const unsignedBody = 'UNSIGNED-PAYLOAD';

type Changes = Readonly<Record<string, string | undefined>>;

function received(target: string, headers: Changes, at = now): ReceivedRequest {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value]] as const],
  );
  return { method: 'PUT', target, headers: new Map(entries), receivedAt: at };
}

function byHeader(signer: Partial<typeof own> = {}, changes: Changes = {}, at = now) {
  const { target, headers } = signHeaders(call, { ...own, ...signer }, unsignedBody);
  return received(target, { ...headers, ...changes }, at);
}

function byUrl(signer: Partial<typeof own> = {}, headers: Changes = {}, at = now) {
  const url = presign(call, { ...own, ...signer }, 60).slice(call.endpoint.length);
  return received(url, { host: 'h:9000', ...headers }, at);
}

async function verify(request: ReceivedRequest) {
  const kind = authenticationKind(request);
  if (kind.kind === 'header') return verifyHeader(request, kind, verifier);
  assert.ok(kind.kind === 'presigned');
  return verifyPresigned(request, kind, verifier);
}

async function refusal(run: () => Promise<unknown>): Promise<Refusal> {
  try {
    await run();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'was not refused' });
}

const header = 'AuthorizationHeaderMalformed';
const query = 'AuthorizationQueryParametersError';
const withQuery = (request: ReceivedRequest, from: RegExp, to: string): ReceivedRequest => ({
  ...request,
  target: request.target.replace(from, to),
});

const refused: readonly (readonly [string, () => ReceivedRequest, RefusalCode, RegExp])[] = [
  [
    'another region',
    () => byHeader({ region: 'eu-west-1' }),
    header,
    /the region 'eu-west-1' is wrong; expecting 'us-east-1'/,
  ],
  [
    'another region in the query',
    () => byUrl({ region: 'x' }),
    query,
    /the region 'x' is wrong; expecting 'us-east-1'/,
  ],
  ['another service', () => byHeader({ service: 'coffer' }), header, /incorrect service "coffer"/],
  [
    'another service in the query',
    () => byUrl({ service: 'ec2' }),
    query,
    /incorrect service "ec2"/,
  ],
  [
    'no date',
    () => byHeader({}, { 'x-amz-date': undefined }),
    'AccessDenied',
    /valid Date or x-amz-date/,
  ],
  [
    'a date that is none',
    () => byHeader({}, { 'x-amz-date': '20260231T080000Z' }),
    'AccessDenied',
    /valid Date or x-amz-date/,
  ],
  [
    'a date of another day',
    () => byHeader({}, { 'x-amz-date': '20261123T080000Z' }),
    header,
    /Invalid credential date/,
  ],
  ['15 minutes and a second late', () => byHeader({}, {}, later(901)), 'RequestTimeTooSkewed', /./],
  [
    '15 minutes and a second early',
    () => byHeader({}, {}, later(-901)),
    'RequestTimeTooSkewed',
    /./,
  ],
  [
    'no payload hash',
    () => byHeader({}, { 'x-amz-content-sha256': undefined }),
    'InvalidRequest',
    /Missing required header for this request: x-amz-content-sha256/,
  ],
  [
    'a payload hash that is none',
    () => byHeader({}, { 'x-amz-content-sha256': 'x' }),
    'InvalidArgument',
    /must be UNSIGNED-PAYLOAD, .* or a valid sha256 value/,
  ],
  [
    'an unsigned x-amz-* header',
    () => byHeader({}, { 'x-amz-acl': 'private' }),
    'AccessDenied',
    /were not signed/,
  ],
  [
    'an unsigned x-amz-* header on a URL',
    () => byUrl({}, { 'x-amz-meta-a': '1' }),
    'AccessDenied',
    /were not signed/,
  ],
  [
    'an unsigned payload hash on a URL',
    () => byUrl({}, { 'x-amz-content-sha256': unsignedBody }),
    'AccessDenied',
    /were not signed/,
  ],
  [
    'host not signed',
    () =>
      byHeader(
        {},
        {
          authorization: `AWS4-HMAC-SHA256 Credential=AKID/20261124/us-east-1/s3/aws4_request, SignedHeaders=x-amz-content-sha256;x-amz-date, Signature=${'a'.repeat(64)}`,
        },
      ),
    'AccessDenied',
    /were not signed/,
  ],
  ['an unknown key', () => byHeader({ accessKeyId: 'NOBODY' }), 'InvalidAccessKeyId', /./],
  ['an unknown key on a URL', () => byUrl({ accessKeyId: 'NOBODY' }), 'InvalidAccessKeyId', /./],
  ['a disabled key', () => byHeader({ accessKeyId: 'DISABLED' }), 'InvalidAccessKeyId', /./],
  ['another secret', () => byHeader({ secretKey: 'x' }), 'SignatureDoesNotMatch', /./],
  ['another host', () => byHeader({}, { host: 'evil' }), 'SignatureDoesNotMatch', /./],
  ['another host on a URL', () => byUrl({}, { host: 'evil' }), 'SignatureDoesNotMatch', /./],
  ['expired', () => byUrl({}, {}, later(61)), 'ExpiredPresignRequest', /Request has expired/],
  ['not valid yet', () => byUrl({}, {}, later(-901)), 'AccessDenied', /not valid yet/],
  [
    'expiry prolonged',
    () => withQuery(byUrl(), /Expires=60/, 'Expires=61'),
    'SignatureDoesNotMatch',
    /./,
  ],
  ['expiry 0', () => withQuery(byUrl(), /Expires=60/, 'Expires=0'), query, /at least 1/],
  ['expiry negative', () => withQuery(byUrl(), /Expires=60/, 'Expires=-1'), query, /non-negative/],
  [
    'expiry over a week',
    () => withQuery(byUrl(), /Expires=60/, 'Expires=604801'),
    query,
    /less than a week/,
  ],
  [
    'expiry not a number',
    () => withQuery(byUrl(), /Expires=60/, 'Expires=6e1'),
    query,
    /should be a number/,
  ],
  ['query date', () => withQuery(byUrl(), /Date=\w+/, 'Date=2026'), query, /ISO8601 Long Format/],
  [
    'query date of another day',
    () => withQuery(byUrl(), /Date=20261124/, 'Date=20261123'),
    query,
    /Invalid credential date/,
  ],
];

for (const [name, request, code, message] of refused) {
  test(`${name} is ${code}`, async () => {
    const error = await refusal(() => verify(request()));
    assert.equal(error.code, code);
    assert.match(error.message, message);
  });
}

test('what is right, and just in time, verifies', async () => {
  for (const request of [byHeader(), byHeader({}, {}, later(900)), byHeader({}, {}, later(-900))]) {
    assert.equal((await verify(request)).credential.accessKeyId, 'AKID');
  }
  for (const request of [byUrl(), byUrl({}, {}, later(60)), byUrl({}, {}, later(-900))]) {
    assert.equal((await verify(request)).credential.accessKeyId, 'AKID');
  }
});

test('a clock that is wrong is told the time', async () => {
  const { detail } = await refusal(() => verify(byHeader({}, {}, later(3600))));
  assert.deepEqual(detail.fields, {
    RequestTime: '20261124T080000Z',
    ServerTime: '2026-11-24T09:00:00.000Z',
    MaxAllowedSkewMilliseconds: '900000',
  });
  const expired = await refusal(() => verify(byUrl({}, {}, later(3600))));
  assert.deepEqual(expired.detail.fields, {
    'X-Amz-Expires': '60',
    Expires: '2026-11-24T08:01:00Z',
    ServerTime: '2026-11-24T09:00:00Z',
  });
  const region = await refusal(() => verify(byHeader({ region: 'x' })));
  assert.deepEqual(region.detail.fields, { Region: 'us-east-1' });
});

test('a mismatch shows what was signed, and never the secret', async () => {
  const { detail } = await refusal(() => verify(byHeader({ secretKey: 'a-wrong-secret' })));
  const fields = detail.fields ?? {};
  assert.deepEqual(Object.keys(fields), [
    'AWSAccessKeyId',
    'StringToSign',
    'SignatureProvided',
    'StringToSignBytes',
    'CanonicalRequest',
    'CanonicalRequestBytes',
  ]);
  assert.match(fields['CanonicalRequest'] ?? '', /^PUT\n\/b\/k\n\nhost:h:9000\n/);
  assert.match(fields['CanonicalRequestBytes'] ?? '', /^50 55 54 0a 2f 62 .* 44$/);
  assert.doesNotMatch(JSON.stringify(fields), /secret/);
});

test('a very long access key id is not looked up', async () => {
  lookedUp.length = 0;
  const error = await refusal(() => verify(byHeader({ accessKeyId: 'A'.repeat(200) })));
  assert.equal(error.code, 'InvalidAccessKeyId');
  assert.deepEqual(lookedUp, []);
});

test('a header signed but sent in the query only counts, as AWS SDK for JavaScript v2 does it', async () => {
  const sse = 'x-amz-server-side-encryption';
  const signed = { ...call, query: [[sse, 'AES256']] as const, headers: { [sse]: 'AES256' } };
  const target = presign(signed, own, 60).slice(call.endpoint.length);
  const verified = await verify(received(target, { host: 'h:9000' }));
  assert.deepEqual(verified.headers.get(sse), ['AES256']);
  const both = await verify(received(target, { host: 'h:9000', [sse]: 'AES256' }));
  assert.deepEqual(both.headers.get(sse), ['AES256']);
  const other = await refusal(() => verify(received(target, { host: 'h:9000', [sse]: 'aws:kms' })));
  assert.equal(other.code, 'InvalidRequest');
});

test('the checksum of nothing that SDKs sign into URLs does not count, another one does', async () => {
  const header = 'x-amz-checksum-crc32';
  for (const [value, counts] of [
    ['AAAAAA==', false],
    ['NSRBwg==', true],
  ] as const) {
    const signed = { ...call, query: [[header, value]] as const };
    const target = presign(signed, own, 60).slice(call.endpoint.length);
    const verified = await verify(received(target, { host: 'h:9000' }));
    assert.equal(verified.headers.has(header), counts);
  }
});

test('a header signed and not sent is a mismatch', async () => {
  const signed = { ...call, headers: { 'x-amz-meta-a': '1' } };
  const target = presign(signed, own, 60).slice(call.endpoint.length);
  const error = await refusal(() => verify(received(target, { host: 'h:9000' })));
  assert.equal(error.code, 'SignatureDoesNotMatch');
});

test('the Date header, in either form, dates a request without x-amz-date', async () => {
  const scope = { date: '20261124', region: 'us-east-1', service: 's3' };
  for (const date of ['Tue, 24 Nov 2026 08:00:00 GMT', '20261124T080000Z']) {
    const sent = new Map([
      ['host', ['h']],
      ['date', [date]],
      ['x-amz-content-sha256', [unsignedBody]],
    ]);
    const names = ['date', 'host', 'x-amz-content-sha256'];
    const canonical = canonicalRequest({
      method: 'PUT',
      rawPath: '/b/k',
      query: [],
      signedHeaders: new Set(names),
      header: (name) => sent.get(name),
      payload: unsignedBody,
    });
    const text = stringToSign({ text: '20261124T080000Z', time: 0 }, scope, canonical);
    const signature = sign(signingKey(secretKey, scope), text);
    const authorization = `AWS4-HMAC-SHA256 Credential=AKID/${scopeText(scope)},SignedHeaders=${names.join(';')},Signature=${signature}`;
    const headers = new Map([...sent, ['authorization', [authorization]]]);
    const verified = await verify({ method: 'PUT', target: '/b/k', headers, receivedAt: now });
    assert.equal(verified.chain.timestamp.time, now.getTime());
  }
});

test('a secret that changed verifies nothing signed with the old one', async () => {
  const request = byHeader();
  const kind = authenticationKind(request);
  assert.ok(kind.kind === 'header');
  await verifyHeader(request, kind, verifier);
  const credentialFor = (accessKeyId: string) =>
    Promise.resolve({ accessKeyId, secretKey: 'new', enabled: true });
  const error = await refusal(() => verifyHeader(request, kind, { ...verifier, credentialFor }));
  assert.equal(error.code, 'SignatureDoesNotMatch');
});

test('an unsigned request cannot claim chunk signatures', () => {
  for (const value of ['', '-TRAILER'].map((end) => `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${end}`)) {
    assert.throws(() => parsePayloadRule(value, false), { code: 'AccessDenied' });
    assert.match(parsePayloadRule(value, true).rule, /^streaming-signed/);
  }
  assert.equal(
    parsePayloadRule('STREAMING-UNSIGNED-PAYLOAD-TRAILER', false).rule,
    'streaming-unsigned-trailer',
  );
});
