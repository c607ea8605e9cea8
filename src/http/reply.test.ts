import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { serving } from '../../tests/support/http-server.ts';
import { Fault } from '../base/refusal.ts';
import type { HttpReply } from './exchange.ts';

const host = 'Host: a\r\n';
const get = `GET /k HTTP/1.1\r\n${host}\r\n`;
const ok = (body: HttpReply['body'] = ''): HttpReply => ({ status: 200, headers: {}, body });
const quick = { progressWindowMs: 80, lingerMsMax: 100 };

function counting(chunks: number, ended: () => void): AsyncIterable<Uint8Array> {
  return (async function* () {
    try {
      for (let index = 0; index < chunks; index += 1) yield Buffer.alloc(65_536, index);
    } finally {
      ended();
    }
  })();
}

for (const shape of ['stream', 'whole'] as const) {
  test(`a client that does not take its ${shape} reply is cut off`, async () => {
    let ended = shape === 'whole';
    await using server = await serving(
      () =>
        Promise.resolve(
          ok(shape === 'whole' ? Buffer.alloc(64 << 20) : counting(1_000, () => (ended = true))),
        ),
      { limits: { ...quick, progressBytesPerSecondMin: 2 ** 30 } },
    );
    using client = server.client();
    client.socket.pause();
    client.send(get);
    while (server.finished.length === 0) await wait(10);
    assert.equal(server.finished[0]?.aborted, true);
    assert.ok(ended);
    client.socket.resume();
    await client.closed;
  });
}

test('a stream is sent whole, with its length or chunked, and let go of', async () => {
  let ended = 0;
  await using server = await serving((request) => {
    const headers: Record<string, string> =
      request.target === '/known' ? { 'content-length': `${65_536 * 20}` } : {};
    return Promise.resolve({ status: 200, headers, body: counting(20, () => (ended += 1)) });
  });
  const fetched = async (target: string): Promise<Buffer> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${target}`);
    return Buffer.from(await response.arrayBuffer());
  };
  const expected = Buffer.concat(
    Array.from({ length: 20 }, (_, index) => Buffer.alloc(65_536, index)),
  );
  assert.ok((await fetched('/known')).equals(expected));
  assert.ok((await fetched('/unknown')).equals(expected));
  using client = server.client();
  client.send(`HEAD /known HTTP/1.1\r\n${host}\r\n`);
  await client.until((text) => text.includes('\r\n\r\n'));
  assert.equal(ended, 3);
});

test('a stream that fails, ends early or is too long never ends cleanly', async () => {
  const body = async function* (kind: string) {
    yield Buffer.from('abc');
    if (kind === '/fails') throw new Fault('damaged', 'a segment did not open');
    if (kind === '/long') yield Buffer.from('more than declared');
  };
  await using server = await serving((request) =>
    Promise.resolve({
      status: 200,
      headers: { 'Content-Length': '6' },
      body: body(request.target),
    }),
  );
  for (const target of ['/fails', '/short', '/long']) {
    using client = server.client();
    client.send(`GET ${target} HTTP/1.1\r\n${host}\r\n`);
    await client.closed;
    assert.doesNotMatch(client.received, /\r\n\r\nabc.../);
  }
  assert.equal(server.failures.length, 3);
});

test('a handler or stream that fails before the first byte is a 500 that tells nothing', async () => {
  const failing: Record<string, () => Promise<HttpReply>> = {
    '/handler': () => Promise.reject(new Error('a secret detail')),
    '/stream': () =>
      Promise.resolve(
        ok({
          [Symbol.asyncIterator]: () => ({
            next: () => Promise.reject(new Error('a secret detail')),
          }),
        }),
      ),
    '/busy': () => Promise.reject(new Fault('busy', 'a secret detail')),
    '/header': () =>
      Promise.resolve({ status: 200, headers: { 'x-amz-meta-a': 'b\r\nSet-Cookie: c' } }),
  };
  await using server = await serving(
    (request) => failing[request.target]?.() ?? Promise.resolve(ok()),
  );
  using client = server.client();
  for (const target of Object.keys(failing)) {
    client.send(`GET ${target} HTTP/1.1\r\n${host}\r\n`);
    const reply = await client.reply();
    assert.equal(reply.status, target === '/busy' ? 503 : 500);
    assert.match(reply.body, target === '/busy' ? /<Code>SlowDown</ : /<Code>InternalError</);
    assert.doesNotMatch(`${reply.head}${reply.body}`, /secret detail|Set-Cookie/);
  }
  assert.equal(server.failures.length, 4);
});

test('a client that leaves during a download stops its stream', async () => {
  const ended = Promise.withResolvers<void>();
  await using server = await serving(() => Promise.resolve(ok(counting(1e9, ended.resolve))));
  using client = server.client();
  client.send(get);
  await client.until((text) => text.length > 1_000_000);
  client.socket.destroy();
  await ended.promise;
  while (server.finished.length === 0) await wait(5);
  assert.equal(server.finished[0]?.aborted, true);
});

test('streams sent side by side, their memory freed as it goes, never mix', async () => {
  const chunkBytes = 65_536;
  const body = async function* (fill: number) {
    for (let index = 0; index < 60; index += 1) yield Buffer.alloc(chunkBytes, fill);
  };
  await using server = await serving((request) =>
    Promise.resolve(ok(body(Number(request.target.slice(1))))),
  );
  const fills = Array.from({ length: 12 }, (_, index) => index + 1);
  const fetched = fills.map(async (fill) => {
    const response = await fetch(`http://127.0.0.1:${server.port}/${fill}`);
    // A client that begins late: meanwhile the others' chunks are made, sent and freed.
    await wait(fill * 3);
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.ok(bytes.equals(Buffer.alloc(60 * chunkBytes, fill)), `stream ${fill}`);
  });
  await Promise.all(fetched);
});
