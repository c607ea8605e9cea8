import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { serving } from '../../tests/support/http-server.ts';
import { Refusal } from '../base/refusal.ts';
import type { Handler, HttpReply, HttpRequest } from './exchange.ts';

const host = 'Host: a\r\n';
const get = `GET /k HTTP/1.1\r\n${host}\r\n`;
const ok = (body?: HttpReply['body']): HttpReply =>
  body === undefined ? { status: 200, headers: {} } : { status: 200, headers: {}, body };

async function bytesOf(request: HttpRequest): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const echo: Handler = async (request) => ok(await bytesOf(request));

test('a connection is used again and again; small replies come with their length', async () => {
  await using server = await serving(echo);
  using client = server.client();
  for (const body of ['', 'x', 'y'.repeat(5_000)]) {
    client.send(`PUT /k HTTP/1.1\r\n${host}Content-Length: ${body.length}\r\n\r\n${body}`);
    const reply = await client.reply();
    assert.equal(reply.body, body);
    assert.match(reply.head, new RegExp(`^Content-Length: ${body.length}$`, 'm'));
    assert.match(reply.head, /^Date: /m);
    assert.match(reply.head, /^x-amz-request-id: [0-9A-F]{16}$/m);
  }
  client.send(
    `PUT /k HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`,
  );
  assert.equal((await client.reply()).body, 'abcde');
  assert.deepEqual(
    server.finished.map(({ status, bytesIn, bytesOut }) => [status, bytesIn, bytesOut]),
    [0, 1, 5_000, 5].map((length) => [200, length, length]),
  );
});

test('the request is as it was on the wire', async () => {
  let seen: HttpRequest | undefined;
  await using server = await serving((request) => {
    seen = request;
    return Promise.resolve(ok());
  });
  using client = server.client();
  client.send(
    `GET /a/../%2e//b?x=1&y HTTP/1.1\r\n${host}X-Amz-Meta-A: \xe9\r\nx-amz-meta-a: 2\r\n\r\n`,
  );
  await client.reply();
  assert.equal(seen?.target, '/a/../%2e//b?x=1&y');
  assert.deepEqual(seen?.headers.get('x-amz-meta-a'), ['é', '2']);
  assert.equal(seen?.remoteAddress, '127.0.0.1');
  assert.equal(seen?.secure, false);
  assert.equal(seen?.contentLength, undefined);
});

test('pipelined requests are answered in order', async () => {
  await using server = await serving(async (request) => {
    if (request.target === '/slow') await wait(20);
    return ok(request.target);
  });
  using client = server.client();
  client.send(`GET /slow HTTP/1.1\r\n${host}\r\nGET /fast HTTP/1.1\r\n${host}\r\n`);
  assert.equal((await client.reply()).body, '/slow');
  assert.equal((await client.reply()).body, '/fast');
});

test('HEAD, 204 and 304 have no body; HEAD keeps the length', async () => {
  const statuses: Record<string, number> = { '/204': 204, '/304': 304 };
  await using server = await serving((request) =>
    Promise.resolve({ ...ok('12345'), status: statuses[request.target] ?? 200 }),
  );
  using client = server.client();
  client.send(`HEAD / HTTP/1.1\r\n${host}\r\nGET /204 HTTP/1.1\r\n${host}\r\n${get}`);
  const text = await client.until((received) => received.includes('12345'));
  const heads = text.split('\r\n\r\n');
  assert.match(heads[0] ?? '', /^Content-Length: 5$/m);
  assert.match(heads[1] ?? '', /^HTTP\/1\.1 204 /);
  assert.doesNotMatch(heads[1] ?? '', /^Content-Length/m);
  client.received = '';
  client.send(`GET /304 HTTP/1.1\r\n${host}\r\n`);
  await client.until((received) => received.endsWith('\r\n\r\n'));
  assert.match(client.received, /^HTTP\/1\.1 304 /);
});

test('100-continue is sent when the handler says so, and only then', async () => {
  let proceed = (): void => undefined;
  const asked = new Promise<void>((resolve) => (proceed = resolve));
  await using server = await serving(async (request) => {
    if (request.target === '/refused') return { status: 403, headers: {} };
    await asked;
    request.sendContinue();
    request.sendContinue();
    return echo(request);
  });
  const put = (target: string): string =>
    `PUT ${target} HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`;
  using client = server.client();
  client.send(put('/taken'));
  await wait(30);
  assert.equal(client.received, '');
  proceed();
  await client.until((text) => text === 'HTTP/1.1 100 Continue\r\n\r\n');
  client.received = '';
  client.send('abc');
  assert.equal((await client.reply()).body, 'abc');
  client.send(put('/refused'));
  const reply = await client.reply();
  assert.equal(reply.status, 403);
  // Whether the client will send the body cannot be known: the connection must not be used again.
  assert.match(reply.head, /^Connection: close$/m);
  await client.closed;
});

test('a small unread body is drained, and the connection kept', async () => {
  await using server = await serving(() => Promise.resolve(ok('no')));
  using client = server.client();
  client.send(`PUT /k HTTP/1.1\r\n${host}Content-Length: 100000\r\n\r\n`);
  assert.doesNotMatch((await client.reply()).head, /^Connection: close$/m);
  client.send(`${'x'.repeat(100_000)}${get}`);
  assert.equal((await client.reply()).body, 'no');
});

for (const framing of [`Content-Length: ${2 ** 30}\r\n`, 'Transfer-Encoding: chunked\r\n']) {
  test(`a large unread body ends the connection after the reply: ${framing}`, async () => {
    await using server = await serving(() =>
      Promise.resolve({ status: 403, headers: {}, body: 'no' }),
    );
    using client = server.client();
    client.send(`PUT /k HTTP/1.1\r\n${host}${framing}\r\n`);
    const chunk = Buffer.from(
      framing.startsWith('T') ? `10000\r\n${'x'.repeat(65_536)}\r\n` : 'x'.repeat(65_536),
    );
    for (let sent = 0; sent < 64; sent += 1) client.send(chunk);
    const reply = await client.reply();
    assert.equal(reply.status, 403);
    assert.equal(reply.body, 'no');
    assert.match(reply.head, /^Connection: close$/m);
    await client.closed;
  });
}

test('a body that is left half-read does not stop the connection from ending or going on', async () => {
  await using server = await serving(async (request) => {
    for await (const chunk of request.body) return ok(`${chunk.length > 0}`);
    return ok('empty');
  });
  using client = server.client();
  client.send(`PUT /k HTTP/1.1\r\n${host}Content-Length: 200000\r\n\r\nabc`);
  assert.equal((await client.reply()).body, 'true');
  client.send(`${'x'.repeat(199_997)}${get}`);
  assert.equal((await client.reply()).body, 'empty');
});

test('a client that goes away early is an IncompleteBody and an aborted signal', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const aborted = Promise.withResolvers<void>();
  await using server = await serving(async (request) => {
    request.signal.addEventListener('abort', () => aborted.resolve());
    await bytesOf(request).catch((error: unknown) => resolve(error));
    return ok();
  });
  using client = server.client();
  client.send(`PUT /k HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nabc`);
  await wait(20);
  client.socket.destroy();
  const error = await promise;
  assert.ok(error instanceof Refusal);
  assert.equal(error.code, 'IncompleteBody');
  await aborted.promise;
  while (server.finished.length === 0) await wait(5);
  assert.deepEqual(server.failures, []);
});

test('a reset during a request aborts it', async () => {
  const aborted = Promise.withResolvers<void>();
  await using server = await serving(async (request) => {
    request.signal.addEventListener('abort', () => aborted.resolve());
    await aborted.promise;
    return ok();
  });
  using client = server.client();
  client.send(get);
  await wait(20);
  client.socket.resetAndDestroy();
  await aborted.promise;
  while (server.finished.length === 0) await wait(5);
  assert.equal(server.finished[0]?.aborted, true);
});

test('a FIN or broken chunks in the middle of a body are answered', async () => {
  await using server = await serving(async (request) => {
    const error = await bytesOf(request).catch((caught: unknown) => caught);
    return { status: 400, headers: {}, body: error instanceof Refusal ? error.code : 'none' };
  });
  using halfClosed = server.client();
  halfClosed.send(`PUT /k HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nabc`);
  halfClosed.socket.end();
  assert.equal((await halfClosed.reply()).body, 'IncompleteBody');
  using broken = server.client();
  broken.send(`PUT /k HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`);
  await wait(10);
  broken.send('zz\r\n');
  const reply = await broken.reply();
  assert.equal(reply.body, 'IncompleteBody');
  await Promise.all([broken.closed, halfClosed.closed]);
});

const quick = { progressWindowMs: 80, progressBytesPerSecondMin: 1_000, lingerMsMax: 100 };

test('a body that stands still or drips is a RequestTimeout; a slow honest one passes', async () => {
  await using server = await serving(
    async (request) => {
      try {
        return ok(`${(await bytesOf(request)).length}`);
      } catch (error) {
        return { status: 400, headers: {}, body: error instanceof Refusal ? error.code : 'other' };
      }
    },
    // Wide enough that a busy machine, which lets nobody run for a while, does not end the honest one.
    { limits: { ...quick, progressWindowMs: 500 } },
  );
  const put = `PUT /k HTTP/1.1\r\n${host}Content-Length: 20000\r\n\r\n`;
  using still = server.client();
  using drip = server.client();
  using honest = server.client();
  still.send(put);
  drip.send(put);
  honest.send(put);
  const dripping = setInterval(() => drip.send('x'), 10);
  const sending = (async () => {
    for (let sent = 0; sent < 20_000; sent += 500) {
      honest.send('x'.repeat(500));
      await wait(30);
    }
  })();
  const replies = await Promise.all([still.reply(), drip.reply(), honest.reply(), sending]);
  clearInterval(dripping);
  assert.deepEqual(
    replies.slice(0, 3).map((reply) => reply?.body),
    ['RequestTimeout', 'RequestTimeout', '20000'],
  );
  await Promise.all([still.closed, drip.closed]);
});

test('an unread body that does not come after the reply ends the connection', async () => {
  await using server = await serving(() => Promise.resolve(ok()), { limits: quick });
  using client = server.client();
  client.send(`PUT /k HTTP/1.1\r\n${host}Content-Length: 4000\r\n\r\n`);
  await client.reply();
  await client.closed;
});

test('health is answered before the handler', async () => {
  let ready = false;
  await using server = await serving(() => Promise.resolve(ok('handler')), { ready: () => ready });
  const status = async (target: string, method = 'GET'): Promise<number> =>
    (await fetch(`http://127.0.0.1:${server.port}${target}`, { method })).status;
  assert.equal(await status('/.coffer/live'), 200);
  assert.equal(await status('/.coffer/live', 'DELETE'), 405);
  assert.equal(await status('/.coffer/ready'), 503);
  ready = true;
  assert.equal(await status('/.coffer/ready?x', 'HEAD'), 200);
  const other = await fetch(`http://127.0.0.1:${server.port}/.coffer/livelier`);
  assert.equal(await other.text(), 'handler');
});

test('a port in use is one sentence that names the address and the mend', async () => {
  await using server = await serving(echo);
  const address = { host: '127.0.0.1', port: server.port, setting: '--console' };
  await assert.rejects(serving(echo, { address }), {
    name: 'StartError',
    message: `127.0.0.1:${server.port} is in use by another program. Stop it, or choose another address with --console.`,
  });
  await assert.rejects(serving(echo, { address: { ...address, host: '192.0.2.1', port: 0 } }), {
    message: /^192\.0\.2\.1 is not an address of this machine\./,
  });
});
