/** The console port of a real server, as browsers and whoever imitates one see it. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type {
  Overview,
  PresignedRequest,
  PresignRequest,
  SessionReport,
} from '../../src/admin/contract.ts';
import { type RunningServer, startServer } from '../server.ts';
import { assertConforms } from '../support/openapi-reply.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends the path as it stands: `fetch` would tidy it up, and sets headers of its own. */
function ask(base: string, route: string, { headers = {}, body }: Sent = {}): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, (reply) => {
      text(reply).then((told) => {
        const status = reply.statusCode ?? 0;
        if (path.startsWith('/admin/')) assertConforms(route, status, told);
        resolve({ status, headers: reply.headers, body: told });
        return undefined;
      }, reject);
    });
    sent.on('error', reject);
    // As bytes: beside a text node would write the head in UTF-8 too.
    sent.end(body === undefined ? undefined : Buffer.from(body));
  });
}

const own = { 'x-coffer-console': '1', 'content-type': 'application/json' };

const consoleOf = (server: RunningServer): string => server.console ?? assert.fail('no console');

async function signIn(server: RunningServer): Promise<{ cookie: string; report: SessionReport }> {
  const { accessKeyId, secretAccessKey: secretKey } = server.credentials;
  const body = JSON.stringify({ accessKeyId, secretKey });
  const answer = await ask(consoleOf(server), 'POST /admin/v1/session', { headers: own, body });
  assert.equal(answer.status, 201, answer.body);
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  assert.match(
    cookie,
    /^coffer-session=[\w-]{43}; Path=\/admin; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  );
  return { cookie: cookie.split(';')[0] ?? '', report: JSON.parse(answer.body) as SessionReport };
}

async function presign(
  server: RunningServer,
  cookie: string,
  asked: PresignRequest,
): Promise<PresignedRequest> {
  const answer = await ask(consoleOf(server), 'POST /admin/v1/presign', {
    headers: { ...own, cookie },
    body: JSON.stringify(asked),
  });
  assert.equal(answer.status, 201, answer.body);
  return JSON.parse(answer.body) as PresignedRequest;
}

for (const workers of ['1', '2']) {
  test(`a browser uploads with presigned requests of its session, ${workers} at work`, async () => {
    const flags = ['--console', '127.0.0.1:0', '--workers', workers];
    await using server = await startServer({ flags });
    const { cookie, report } = await signIn(server);
    assert.equal(report.endpoint, server.url);
    const send = async (asked: PresignRequest, sent: Sent = {}): Promise<Answer> => {
      const { method, url, headers } = await presign(server, cookie, asked);
      const origin = consoleOf(server);
      const path = url.slice(new URL(url).origin.length);
      return ask(server.url, `${method} ${path}`, {
        ...sent,
        headers: { ...headers, origin, ...sent.headers },
      });
    };
    const bucket = 'from-a-browser';
    assert.equal((await send({ method: 'PUT', bucket })).status, 200);
    const put = {
      method: 'PUT',
      bucket,
      key: 'notes/ä b.txt',
      headers: { 'x-amz-server-side-encryption': 'AES256', 'x-amz-meta-note': 'é' },
    } as const;
    const stored = await send(put, { body: 'hello' });
    assert.equal(stored.status, 200, stored.body);
    assert.equal(stored.headers['x-amz-server-side-encryption'], 'AES256');
    assert.equal(stored.headers['access-control-allow-origin'], server.console);
    const unsigned = await send({ ...put, headers: {} }, { headers: put.headers, body: 'hello' });
    assert.match(unsigned.body, /HeadersNotSigned/);
    const other = await send(put, { headers: { 'x-amz-server-side-encryption': 'aws:kms' } });
    assert.match(other.body, /SignatureDoesNotMatch/);
    const got = await send({ method: 'GET', bucket, key: put.key });
    assert.equal(got.body, 'hello');
    assert.match(String(got.headers['access-control-expose-headers']), /ETag.*x-amz-meta-note/);
    const stranger = await send(
      { method: 'GET', bucket, key: put.key },
      { headers: { origin: 'http://evil.example' } },
    );
    assert.deepEqual(
      [stranger.status, stranger.headers['access-control-allow-origin']],
      [200, undefined],
    );
    const asked = { 'access-control-request-method': 'PUT' };
    const preflight = (origin: string): Promise<Answer> =>
      ask(server.url, `OPTIONS /${bucket}/nothing`, { headers: { ...asked, origin } });
    const mine = await preflight(consoleOf(server));
    assert.deepEqual([mine.status, mine.body], [200, '']);
    const theirs = await preflight('http://evil.example');
    assert.ok(theirs.status >= 400 && theirs.headers['access-control-allow-methods'] === undefined);
    const told = await ask(consoleOf(server), 'GET /admin/v1/overview', { headers: { cookie } });
    const overview = JSON.parse(told.body) as Overview;
    assert.deepEqual(
      [overview.workers, overview.ready, overview.buckets],
      [Number(workers), true, 1],
    );
    const { requests, errors4xx } = overview.counters;
    assert.deepEqual(
      [requests['CreateBucket'], requests['PutObject'], requests['Presign']],
      [1, 3, undefined],
    );
    assert.ok(errors4xx >= 2);
    const all = Object.values(requests).reduce((sum, count) => sum + count, 0);
    assert.equal(overview.latency.counts.at(-1), all);
    assert.ok((overview.disk.freeBytes ?? 0) > 0 && overview.disk.metadataBytes > 0);
  });
}

test('a disabled key ends its session on the next request, over the wire too', async () => {
  await using server = await startServer({ flags: ['--console', '127.0.0.1:0'] });
  const at = consoleOf(server);
  const { cookie } = await signIn(server);
  const issued = await ask(at, 'POST /admin/v1/accounts/~/users', {
    headers: { ...own, cookie },
    body: '{"name":"guest"}',
  });
  const { accessKey } = JSON.parse(issued.body) as { accessKey: Record<string, string> };
  const entered = await ask(at, 'POST /admin/v1/session', {
    headers: own,
    body: JSON.stringify(accessKey),
  });
  const guest = entered.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const look = (): Promise<Answer> =>
    ask(at, 'GET /admin/v1/session', { headers: { cookie: guest } });
  assert.equal((await look()).status, 200);
  const keys = await ask(at, 'GET /admin/v1/keys', { headers: { cookie: guest } });
  assert.equal(keys.status, 403);
  const off = await ask(at, `PATCH /admin/v1/access-keys/${accessKey['accessKeyId']}`, {
    headers: { ...own, cookie },
    body: '{"enabled":false}',
  });
  assert.equal(off.status, 200, off.body);
  const ended = await look();
  assert.equal(ended.status, 401);
  assert.match(ended.body, /"code":"SessionEnded"/);
});

test('forged requests, guesses and odd paths get nowhere', async () => {
  await using server = await startServer({ flags: ['--console', '127.0.0.1:0'] });
  const at = consoleOf(server);
  const { cookie } = await signIn(server);
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: server.url };
  for (const route of ['POST /admin/v1/keys/rotate', 'POST /admin/v1/session']) {
    const body = '{"accessKeyId":"a","secretKey":"b"}';
    const answer = await ask(at, route, { headers: { ...form, cookie }, body });
    assert.equal(answer.status, 403, answer.body);
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    assert.equal(answer.headers['set-cookie'], undefined);
  }
  const preflight = await ask(at, 'OPTIONS /admin/v1/session', {
    headers: { origin: server.url, 'access-control-request-method': 'POST' },
  });
  assert.ok(preflight.status >= 400);
  assert.equal(preflight.headers['access-control-allow-origin'], undefined);
  const guesses: number[] = [];
  for (let guess = 0; guess < 8; guess += 1) {
    const body = JSON.stringify({ ...server.credentials, secretKey: `guess${guess}` }).replace(
      /"secretAccessKey":"[^"]*",/,
      '',
    );
    guesses.push((await ask(at, 'POST /admin/v1/session', { headers: own, body })).status);
  }
  assert.deepEqual(guesses, [403, 403, 403, 403, 403, 429, 429, 429]);
  for (const path of [
    '/..%2f..%2fpackage.json',
    '//evil.example',
    '/%00',
    '/../package.json',
    '/assets/..%5cx',
  ]) {
    const answer = await ask(at, `GET ${path}`);
    assert.equal(answer.status, 404, path);
    assert.match(String(answer.headers['content-security-policy']), /^default-src 'none'/);
  }
  // The page is there, built or being built, and can be framed by nobody.
  const page = await ask(at, 'GET /buckets');
  assert.ok(page.status === 200 || page.status === 503);
  assert.match(String(page.headers['content-security-policy']), /frame-ancestors 'none'$/);
  assert.doesNotMatch(server.output(), new RegExp(cookie.slice('coffer-session='.length)));
});
