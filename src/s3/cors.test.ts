import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpReply, HttpRequest } from '../http/exchange.ts';
import { withCors } from './cors.ts';

const own = 'http://127.0.0.1:9001';
const reached: string[] = [];
const handler = withCors(
  async (request): Promise<HttpReply> => {
    reached.push(request.method);
    return { status: 403, headers: { 'x-amz-request-id': 'A', 'x-amz-meta-note': 'n' }, body: 'b' };
  },
  () => [own],
);

function ask(method: string, headers: Readonly<Record<string, string>>): Promise<HttpReply> {
  const all = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return handler({ method, target: '/b/k', headers: all } as unknown as HttpRequest);
}

const preflight = { origin: own, 'access-control-request-method': 'PUT' };

test('the console’s preflight is answered from the request alone', async () => {
  reached.length = 0;
  const asked = { 'access-control-request-headers': 'content-type,x-amz-server-side-encryption' };
  const reply = await ask('OPTIONS', { ...preflight, ...asked });
  assert.deepEqual(reply, {
    status: 200,
    headers: {
      'Access-Control-Allow-Origin': own,
      'Access-Control-Allow-Methods': 'GET, PUT, POST, DELETE, HEAD',
      'Access-Control-Allow-Headers': 'content-type,x-amz-server-side-encryption',
      'Access-Control-Max-Age': '600',
      Vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    },
  });
  assert.deepEqual(reached, []);
});

test('replies to the console name the headers that its page may read', async () => {
  const { status, headers, body } = await ask('GET', { origin: own });
  assert.deepEqual([status, body, headers['Access-Control-Allow-Origin']], [403, 'b', own]);
  assert.equal(headers['Vary'], 'Origin');
  assert.equal(headers['Access-Control-Allow-Credentials'], undefined);
  const exposed = headers['Access-Control-Expose-Headers']?.split(', ') ?? [];
  for (const name of ['ETag', 'Content-Range', 'x-amz-request-id', 'x-amz-meta-note']) {
    assert.ok(exposed.includes(name), name);
  }
});

test('another origin gets nothing, whatever it is like', async () => {
  for (const origin of [
    'http://127.0.0.1:9002',
    'https://127.0.0.1:9001',
    'http://127.0.0.1:9001.evil.example',
    'HTTP://127.0.0.1:9001',
    `${own}/`,
    'null',
    '*',
    `${own},${own}`,
    `${own}\r\nX: y`,
  ]) {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await ask(method, { ...preflight, origin });
      assert.deepEqual(Object.keys(headers), ['x-amz-request-id', 'x-amz-meta-note'], origin);
    }
  }
});

test('nothing but names of headers and known methods is sent back', async () => {
  for (const headers of [
    { ...preflight, 'access-control-request-method': 'TRACE' },
    { ...preflight, 'access-control-request-method': 'PUT\r\nX: y' },
    { ...preflight, 'access-control-request-headers': 'a\r\nSet-Cookie: b' },
    { ...preflight, 'access-control-request-headers': 'a:b' },
    { ...preflight, 'access-control-request-headers': 'é' },
    { ...preflight, 'access-control-request-headers': 'a,'.repeat(3000) },
  ]) {
    const reply = await ask('OPTIONS', headers);
    assert.equal(reply.status, 403);
    assert.deepEqual(Object.keys(reply.headers), ['Vary']);
  }
});
