/**
 * A real server and the bytes of `raw-fuzz.ts`: it must not die, must not log a failure of its own,
 * must answer with nothing in the 500s but 501, must not grow without end, and must serve the next.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startServer } from '../server.ts';
import { exchange, fuzzed, randomFrom } from './raw-fuzz.ts';
import { byHeader, signer } from './signed.ts';
import { host, type Sent } from './s3-house.ts';

/** Another number is another run; what one finds is found again with it. */
const seed = 20261124;
const requests = 6_000;
/** Well above what node's heap grows to before it collects. */
const grownMiBMax = 250;

test('no bytes end the server, or make it fail', async () => {
  await using server = await startServer({ flags: ['--log-level', 'warn'] });
  const port = Number(new URL(server.url).port);
  const { accessKeyId, secretAccessKey: secretKey } = server.credentials;
  const key = { accessKeyId, secretKey };
  const signed = (method: string, path: string): Promise<string> =>
    exchange(port, plainWire(byHeader({ method, path }, signer(key))), 10_000);
  assert.match(await signed('PUT', '/fuzz'), /^HTTP\/1\.1 200/);
  assert.match(await signed('PUT', '/fuzz/keep'), /^HTTP\/1\.1 200/);
  const before = residentMiB(server.pid);

  const random = randomFrom(seed);
  let left = requests;
  const failed: string[] = [];
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const count = random(5) === 0 ? 3 : 1;
      let text = '';
      for (let index = 0; index < count; index++) text += fuzzed({ random, key, host });
      const answer = await exchange(port, text, 100);
      if (/^HTTP\/1\.1 50[^1]/m.test(answer)) failed.push(`${text.slice(0, 2000)} => ${answer}`);
    }
  };
  await Promise.all(Array.from({ length: 64 }, client));

  assert.deepEqual(failed, []);
  assert.match(await signed('GET', '/fuzz/keep'), /^HTTP\/1\.1 200/);
  assert.doesNotMatch(server.output(), / ERROR |Defect|Fault|^\s+at /m);
  assert.ok(residentMiB(server.pid) - before < grownMiBMax, 'it grew');
  assert.equal(await server.end(), 0);
});

function plainWire({ method, target, headers = [] }: Sent): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}content-length: 0\r\nconnection: close\r\n\r\n`;
}

/** 0 where the system does not tell. */
function residentMiB(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}
