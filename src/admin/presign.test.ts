/** What Presign signs is what S3's verification accepts, for whatever keys, queries and headers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { adminHouse, send } from '../../tests/admin-fixture.ts';
import { credentialFor } from '../access/credentials.ts';
import { authenticationKind } from '../access/signature/kind.ts';
import { verifyPresigned } from '../access/signature/verify-presigned.ts';
import { Refusal } from '../base/refusal.ts';
import type { PresignedRequest, PresignRequest } from './contract.ts';

type House = Awaited<ReturnType<typeof adminHouse>>;

/** Asks for a signature as a signed caller. */
async function presigned(at: House, body: PresignRequest): Promise<PresignedRequest> {
  const answer = await send(at.network, { route: 'POST /admin/v1/presign', body, key: at.root });
  assert.equal(answer.status, 201, answer.text);
  return answer.json as PresignedRequest;
}

interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly receivedAt?: Date;
  readonly service?: string;
}

/** Verifies the request as the S3 endpoint does; `sent`: what differs from what was signed. */
async function verified(at: House, made: PresignedRequest, sent: Sent = {}): Promise<boolean> {
  const url = new URL(made.url);
  const headers = { host: url.host, ...(sent.headers ?? made.headers) };
  const request = {
    method: sent.method ?? made.method,
    target: sent.target ?? made.url.slice(url.origin.length),
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    receivedAt: sent.receivedAt ?? new Date(),
  };
  const kind = authenticationKind(request);
  assert.equal(kind.kind, 'presigned');
  if (kind.kind !== 'presigned') return false;
  using view = at.rows.view();
  try {
    await verifyPresigned(request, kind, {
      region: 'us-east-1',
      service: sent.service ?? 's3',
      credentialFor: (id) => credentialFor(view, id),
    });
    return true;
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return false;
  }
}

const text = (max: number) => fc.string({ unit: 'grapheme', maxLength: max });
const key = fc
  .oneof(
    text(60),
    fc.constantFrom('a//b', '../x', './.', ' ', '+', '%2F', '%', 'ä/ö', '\u0000', 'a?b#c', "'*()!"),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )
  .filter((value) => value !== '' && value.isWellFormed());
const parameterName = text(12).filter(
  (name) => !/^x-amz-|^(awsaccesskeyid|signature|expires)$/i.test(name),
);
const headerName = fc.constantFrom(
  'x-amz-server-side-encryption',
  'x-amz-meta-note',
  'x-amz-tagging',
  'content-type',
  'content-disposition',
  'x-amz-copy-source',
  'if-match',
  'range',
);
// eslint-disable-next-line no-control-regex -- what a header cannot hold
const headerValue = text(40).map((value) => value.replaceAll(/[\u0000-\u001f\u007f]/g, ''));

test('what is signed verifies, whatever it is of', async () => {
  const at = await adminHouse();
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
        key,
        query: fc.dictionary(parameterName, text(30), { maxKeys: 4 }),
        headers: fc.dictionary(headerName, headerValue, { maxKeys: 4 }),
      }),
      async (drawn) => {
        const made = await presigned(at, { bucket: 'bucket', ...drawn });
        assert.ok(await verified(at, made), JSON.stringify(drawn));
      },
    ),
    { numRuns: 150 },
  );
});

test('nothing of it can be changed on the way', async () => {
  const at = await adminHouse();
  const made = await presigned(at, {
    method: 'PUT',
    bucket: 'bucket',
    key: 'a key',
    query: { partNumber: '1' },
    headers: { 'X-Amz-Server-Side-Encryption': 'AES256', 'content-type': 'text/plain' },
    expires: 60,
  });
  assert.deepEqual(made.headers, {
    'x-amz-server-side-encryption': 'AES256',
    'content-type': 'text/plain',
  });
  assert.ok(await verified(at, made));
  const target = new URL(made.url);
  const whole = made.url.slice(target.origin.length);
  const changed: readonly Sent[] = [
    { method: 'GET' },
    { headers: { 'content-type': 'text/plain' } },
    { headers: { ...made.headers, 'x-amz-server-side-encryption': 'aws:kms' } },
    { headers: { ...made.headers, 'x-amz-acl': 'public-read' } },
    { headers: { ...made.headers, 'content-type': 'text/html' } },
    { target: whole.replace('a%20key', 'another') },
    { target: whole.replace('partNumber=1', 'partNumber=2') },
    { target: `${whole}&versionId=x` },
    { receivedAt: new Date(Date.now() + 62_000) },
    { service: 'coffer' },
  ];
  for (const sent of changed)
    assert.equal(await verified(at, made, sent), false, JSON.stringify(sent));
});

test('a body’s hash that is given is signed', async () => {
  const at = await adminHouse();
  const headers = { 'x-amz-content-sha256': 'ab'.repeat(32) };
  const made = await presigned(at, { method: 'PUT', bucket: 'b', key: 'k', headers });
  assert.ok(await verified(at, made));
  const other = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  assert.equal(await verified(at, made, { headers: other }), false);
});

test('the key and the endpoint are the caller’s own, and nothing else can be signed for', async () => {
  const at = await adminHouse();
  const { key: clinic } = await at.services.accounts.create({ name: 'clinic' });
  const route = 'POST /admin/v1/presign';
  const answer = await send(at.network, { route, key: clinic, body: { method: 'GET' } });
  const { url, expiresAt } = answer.json as PresignedRequest;
  assert.match(url, /^http:\/\/coffer\.test:9000\/\?/);
  assert.match(
    url,
    new RegExp(`X-Amz-Credential=${clinic.accessKeyId}%2F\\d{8}%2Fus-east-1%2Fs3%2F`),
  );
  assert.doesNotMatch(url, new RegExp(encodeURIComponent(clinic.secretKey)));
  assert.ok(Date.parse(expiresAt) - Date.now() <= 900_000);
});

test('what cannot be sent so, or is too much, is refused by name', async () => {
  const at = await adminHouse();
  const put = { method: 'PUT', bucket: 'b', key: 'k' };
  const names = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, '']));
  const refused: readonly object[] = [
    {},
    { method: 'PATCH' },
    { method: 'get' },
    { method: 'GET', key: 'k' },
    { method: 'GET', bucket: '' },
    { method: 'GET', bucket: 'a/b' },
    { method: 'GET', bucket: '..' },
    { ...put, key: '' },
    { ...put, key: 'x'.repeat(1025) },
    { ...put, key: '\ud800' },
    { ...put, expires: 0 },
    { ...put, expires: 604_801 },
    { ...put, expires: 1.5 },
    { ...put, host: 'evil.example' },
    { ...put, service: 'sts' },
    { ...put, query: { 'X-Amz-Expires': '9' } },
    { ...put, query: { 'x-amz-acl': 'public-read' } },
    { ...put, query: { Signature: 'x' } },
    { ...put, query: names(65) },
    { ...put, query: { a: 'x'.repeat(17_000) } },
    { ...put, query: { a: 1 } },
    { ...put, query: ['a'] },
    { ...put, headers: { host: 'evil.example' } },
    { ...put, headers: { Authorization: 'x' } },
    { ...put, headers: { 'x-amz-date': 'x' } },
    { ...put, headers: { 'x-amz-security-token': 'x' } },
    { ...put, headers: { 'a b': 'x' } },
    { ...put, headers: { '': 'x' } },
    { ...put, headers: { a: 'x\r\ny: z' } },
    { ...put, headers: { a: '1', A: '2' } },
    { ...put, headers: names(65) },
  ];
  for (const body of refused) {
    const answer = await send(at.network, { route: 'POST /admin/v1/presign', body, key: at.root });
    assert.deepEqual(
      [answer.status, answer.json.code],
      [400, 'InvalidRequest'],
      JSON.stringify(body),
    );
  }
  assert.deepEqual(at.failures, []);
});

test('a key that was disabled signs nothing', async () => {
  const at = await adminHouse();
  const headers = { 'x-coffer-console': '1' };
  const into = await send(at.network, { route: 'POST /admin/v1/session', body: at.root, headers });
  const cookie = into.headers['Set-Cookie']?.split(';')[0] ?? '';
  await at.services.accessKeys.setEnabled(at.root.accessKeyId, false);
  const answer = await send(at.network, {
    route: 'POST /admin/v1/presign',
    body: { method: 'GET' },
    headers: { ...headers, cookie },
  });
  assert.deepEqual([answer.status, answer.json.code], [401, 'SessionEnded']);
});
