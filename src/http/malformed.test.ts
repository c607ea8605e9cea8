/** Requests that must not be served: each gets its 4xx, the socket closes, the handler never runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serving } from '../../tests/support/http-server.ts';
import type { Handler } from './exchange.ts';

const host = 'Host: a\r\n';
const bodyless = '0\r\n\r\n';

const refused: readonly (readonly [name: string, bytes: string, code?: string, status?: number])[] =
  [
    ['two Host headers', `GET / HTTP/1.1\r\n${host}Host: b\r\n\r\n`],
    ['no Host header', 'GET / HTTP/1.1\r\n\r\n'],
    ['an HTTP/2.0 request line', `GET / HTTP/2.0\r\n${host}\r\n`],
    ['an HTTP/0.9 request', 'GET /\r\n\r\n'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['absolute form', `GET http://b/ HTTP/1.1\r\n${host}\r\n`],
    ['asterisk form', `OPTIONS * HTTP/1.1\r\n${host}\r\n`],
    ['authority form', `CONNECT b:1 HTTP/1.1\r\n${host}\r\n`, 'MethodNotAllowed', 405],
    ['obs-fold', `GET / HTTP/1.1\r\n${host}X-A: b\r\n c\r\n\r\n`],
    ['a space before the first header', `GET / HTTP/1.1\r\n X-A: b\r\n${host}\r\n`],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
    ['an empty header name', `GET / HTTP/1.1\r\n${host}: b\r\n\r\n`],
    ['NUL in a value', `GET / HTTP/1.1\r\n${host}X-A: b\0c\r\n\r\n`],
    ['NUL in the target', `GET /a\0b HTTP/1.1\r\n${host}\r\n`],
    ['a raw byte in the target', `GET /\xe9 HTTP/1.1\r\n${host}\r\n`],
    ['a control character', `GET / HTTP/1.1\r\n${host}X-A: b\x01c\r\n\r\n`],
    ['bare LF', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['an unknown method', `FOO / HTTP/1.1\r\n${host}\r\n`],
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    [
      'two Authorization headers',
      `GET / HTTP/1.1\r\n${host}Authorization: a\r\nAuthorization: b\r\n\r\n`,
    ],
    [
      'length beside chunked',
      `PUT / HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${bodyless}`,
    ],
    [
      'chunked beside length',
      `PUT / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n${bodyless}`,
    ],
    [
      'gzip, chunked',
      `PUT / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n${bodyless}`,
    ],
    [
      'chunked twice',
      `PUT / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${bodyless}`,
    ],
    ['identity', `PUT / HTTP/1.1\r\n${host}Transfer-Encoding: identity\r\n\r\n`],
    [
      'chunked on HTTP/1.0',
      `PUT / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n${bodyless}`,
    ],
    [
      'two equal lengths',
      `PUT / HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
    ],
    ['two lengths', `PUT / HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`],
    ['a list of lengths', `PUT / HTTP/1.1\r\n${host}Content-Length: 3, 3\r\n\r\nabc`],
    ['a signed length', `PUT / HTTP/1.1\r\n${host}Content-Length: +3\r\n\r\nabc`],
    ['a negative length', `PUT / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`],
    ['a length in hex', `PUT / HTTP/1.1\r\n${host}Content-Length: 0x3\r\n\r\nabc`],
    ['a length beyond 2^53', `PUT / HTTP/1.1\r\n${host}Content-Length: 9007199254740993\r\n\r\n`],
    [
      'a length beyond 2^64',
      `PUT / HTTP/1.1\r\n${host}Content-Length: 99999999999999999999999\r\n\r\n`,
    ],
    [
      'another expectation',
      `PUT / HTTP/1.1\r\n${host}Expect: tea\r\nContent-Length: 3\r\n\r\nabc`,
      'ExpectationFailed',
      417,
    ],
    [
      'headers that are too large',
      `GET / HTTP/1.1\r\n${host}X-A: ${'a'.repeat(40_000)}\r\n\r\n`,
      'RequestHeaderSectionTooLarge',
    ],
    [
      'too many headers',
      `GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(20_000)}\r\n`,
      'RequestHeaderSectionTooLarge',
    ],
    [
      'a target that is too large',
      `GET /${'a'.repeat(40_000)} HTTP/1.1\r\n${host}\r\n`,
      'RequestHeaderSectionTooLarge',
    ],
  ];

const never: Handler = () => Promise.reject(new Error('the handler ran'));

test('what must not be served is refused, and the connection closes', async (t) => {
  await using server = await serving(never, { limits: { lingerMsMax: 200 } });
  for (const [name, bytes, code = 'BadRequest', status = 400] of refused) {
    await t.test(name, async () => {
      using client = server.client();
      // A good request behind the bad one must not be served either.
      client.send(`${bytes}GET /smuggled HTTP/1.1\r\n${host}\r\n`);
      const reply = await client.reply();
      assert.equal(reply.status, status, reply.head);
      assert.match(reply.head, /^connection: close/im);
      assert.match(reply.head, /^content-type: application\/xml/im);
      assert.match(reply.head, /^x-amz-request-id: [0-9A-F]{16}/im);
      assert.match(reply.body, new RegExp(`<Code>${code}</Code>`));
      await client.closed;
      assert.equal(client.received, '');
    });
  }
  assert.deepEqual(server.failures, []);
  assert.equal(server.malformed.length, refused.length);
});

test('a refusal behind a request in flight does not overtake its reply', async () => {
  const slow: Handler = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { status: 200, headers: {}, body: 'good' };
  };
  await using server = await serving(slow, { limits: { lingerMsMax: 200 } });
  using client = server.client();
  client.send(`GET / HTTP/1.1\r\n${host}\r\nGET / HTTP/1.1\r\n${host}Host: b\r\n\r\n`);
  const reply = await client.reply();
  assert.equal(reply.body, 'good');
  await client.closed;
  assert.equal(client.received, '');
});

test('a client that resets its connection after CONNECT ends nothing but that', async () => {
  await using server = await serving(async () => ({ status: 200, headers: {} }));
  for (const sent of ['CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 'CONNECT / HTTP/1.1\r\n']) {
    using client = server.client();
    client.send(sent);
    if (sent.endsWith('\r\n\r\n')) await client.until((text) => text.includes('405'));
    client.socket.resetAndDestroy();
    await client.closed;
  }
  using next = server.client();
  next.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  assert.equal((await next.reply()).status, 200);
});

test('a thousand headers and more all arrive', async () => {
  const count: Handler = (request) =>
    Promise.resolve({
      status: 200,
      headers: {},
      body: `${request.headers.get('a')?.length} ${request.headers.get('if-none-match')?.[0]}`,
    });
  await using server = await serving(count);
  using client = server.client();
  client.send(`GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(3_000)}If-None-Match: *\r\n\r\n`);
  assert.equal((await client.reply()).body, '3000 *');
});

test('headers that do not come are a RequestTimeout, with or without a first byte', async () => {
  await using server = await serving(never, { limits: { headersMsMax: 60, lingerMsMax: 100 } });
  using dripping = server.client();
  using silent = server.client();
  dripping.send('GET / HTTP/1.1\r\nHo');
  const reply = await dripping.reply();
  assert.equal(reply.status, 400);
  assert.match(reply.body, /<Code>RequestTimeout<\/Code>/);
  await Promise.all([dripping.closed, silent.closed]);
});
