/** The console's files and pages: what is served, under which headers, and what is not. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readConsoleFiles } from './console-files.ts';
import { consolePage, type ConsoleState } from './console-pages.ts';
import type { HttpReply, HttpRequest } from './http/exchange.ts';

const folder = mkdtempSync(join(tmpdir(), 'coffer-pages-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'dist/assets'), { recursive: true });
writeFileSync(join(folder, 'secret.txt'), 'secret');
writeFileSync(join(folder, 'dist/index.html'), '<!doctype html>the console');
writeFileSync(join(folder, 'dist/assets/index-abc.js'), 'let a;');
writeFileSync(join(folder, 'dist/assets/index-abc.js.gz'), gzipSync('let a;'));
writeFileSync(join(folder, 'dist/assets/odd.exe'), 'x');
const files = await readConsoleFiles(join(folder, 'dist'));

const endpoint = 'http://127.0.0.1:9000';

function get(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  state: ConsoleState = { kind: 'built', files },
): HttpReply {
  const all = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return consolePage({ target, headers: all } as unknown as HttpRequest, state, endpoint);
}

const textOf = ({ body }: HttpReply): string =>
  typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString();

test('every place of the console is its one page, under exactly this policy', () => {
  const places = [
    '/',
    '/?a=b',
    '/keys',
    '/buckets/my.bucket/object?key=a%2F..%2Fb',
    '/buckets/photos/',
    '/accounts/a_b-c.d',
    '/overview',
  ];
  for (const place of places) {
    const { status, headers, body } = get(place);
    assert.equal(status, 200, place);
    assert.equal(Buffer.from(body as Uint8Array).toString(), '<!doctype html>the console');
    assert.equal(
      headers['Content-Security-Policy'],
      "default-src 'self'; connect-src 'self' http://127.0.0.1:9000; img-src 'self' data: blob: http://127.0.0.1:9000; frame-src http://127.0.0.1:9000; media-src http://127.0.0.1:9000; style-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    assert.equal(headers['Content-Type'], 'text/html; charset=utf-8');
    assert.equal(headers['X-Content-Type-Options'], 'nosniff');
    assert.equal(headers['Referrer-Policy'], 'no-referrer');
    assert.equal(headers['Cross-Origin-Opener-Policy'], 'same-origin');
    assert.equal(headers['Cache-Control'], 'no-cache');
    assert.ok(headers['Permissions-Policy']);
  }
});

test('assets are kept for ever, packed where the browser takes it, and not sent twice', () => {
  const plain = get('/assets/index-abc.js');
  assert.equal(textOf(plain), 'let a;');
  assert.equal(plain.headers['Cache-Control'], 'public, max-age=31536000, immutable');
  assert.equal(plain.headers['Vary'], 'Accept-Encoding');
  const packed = get('/assets/index-abc.js', { 'accept-encoding': 'br, gzip;q=0.5' });
  assert.equal(packed.headers['Content-Encoding'], 'gzip');
  assert.notEqual(packed.headers['ETag'], plain.headers['ETag']);
  const refused = get('/assets/index-abc.js', { 'accept-encoding': 'gzip;q=0' });
  assert.equal(refused.headers['Content-Encoding'], undefined);
  const etag = plain.headers['ETag'] ?? '';
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`]) {
    const again = get('/assets/index-abc.js', { 'if-none-match': known });
    assert.deepEqual([again.status, again.body], [304, undefined]);
  }
});

test('nothing else is there, however it is written', () => {
  const ways = [
    '/assets/gone.js',
    '/assets/odd.exe',
    '/secret.txt',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/buckets/../../secret.txt',
    '/buckets/..',
    '/./',
    '//',
    '//evil.example/',
    '/\\evil.example',
    '/%00',
    '/\u0000',
    '/keys%00.html',
    '/index.html.gz',
    '/assets/index-abc.js.gz',
    '/__proto__',
    '/constructor.js',
    '/favicon.ico',
    '/.env',
    "/keys'onload=",
    '/keys/%3Cscript%3E',
  ];
  for (const way of ways) {
    if (way === '/__proto__') continue;
    const reply = get(way);
    assert.equal(reply.status, 404, way);
    assert.match(reply.headers['Content-Security-Policy'] ?? '', /^default-src 'none'/);
  }
  assert.equal(textOf(get('/__proto__')), '<!doctype html>the console');
});

test('until it is built, its page says so and loads itself again, without any script', () => {
  const reply = get('/buckets', {}, { kind: 'building' });
  const { status, headers } = reply;
  assert.equal(status, 503);
  assert.equal(headers['Retry-After'], '3');
  assert.equal(headers['Cache-Control'], 'no-store');
  assert.match(headers['Content-Security-Policy'] ?? '', /^default-src 'none'; style-src 'sha256-/);
  assert.match(textOf(reply), /<meta http-equiv="refresh" content="3">/);
  assert.match(textOf(reply), /The console is being built/);
  assert.doesNotMatch(textOf(reply), /<script/);
  assert.equal(get('/assets/index-abc.js', {}, { kind: 'building' }).status, 404);
});

test('where it cannot be had, one sentence says so', () => {
  const reply = get('/', {}, { kind: 'absent', sentence: 'Run <npm ci> & start again.' });
  assert.equal(reply.status, 503);
  assert.doesNotMatch(textOf(reply), /refresh/);
  assert.match(textOf(reply), /Run &lt;npm ci&gt; &amp; start again\./);
});
