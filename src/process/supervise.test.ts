import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Child, isRunning } from '../../tests/support/child.ts';
import { RawClient } from '../../tests/support/raw-socket.ts';

const top = mkdtempSync(join(tmpdir(), 'coffer-workers-'));
after(() => rmSync(top, { recursive: true }));
const service = join(import.meta.dirname, '../../tests/support/echo-service.ts');

interface Started {
  readonly child: Child;
  readonly port: number;
}

async function started(port = 0): Promise<Started> {
  const data = join(mkdtempSync(join(top, 'd')), 'data');
  const child = new Child(process.execPath, [service, data, String(port), '2'], {
    COFFER_ROOT_SECRET_KEY: 'root-canary',
  });
  const line = await child.until(({ stdout }) => /^\{.*\}$/m.exec(stdout)?.[0]);
  return { child, port: (JSON.parse(line) as { port: number }).port };
}

interface Answer {
  readonly pid: number;
  readonly secret: string;
  readonly environment: string;
}

async function ask(port: number, target = '/'): Promise<Answer> {
  using client = new RawClient(port);
  client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
  return JSON.parse((await client.reply()).body) as Answer;
}

/** The ids of both workers: each new connection may go to either. */
async function workersOf(port: number): Promise<number[]> {
  const pids = new Set<number>();
  while (pids.size < 2) {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => ask(port)));
    for (const answer of asked) if (answer.status === 'fulfilled') pids.add(answer.value.pid);
  }
  return [...pids];
}

async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await wait(10);
}

test('workers serve with the handed secret; one that dies is replaced; reload and metrics reach all', async () => {
  const { child: running, port } = await started();
  await using child = running;
  const pids = await workersOf(port);
  assert.ok(!pids.includes(child.pid));
  const answer = await ask(port);
  assert.equal(answer.secret, 'secret one');
  assert.equal(answer.environment, 'none');

  const [victim = 0, survivor = 0] = pids;
  process.kill(victim, 'SIGKILL');
  await gone(victim);
  const after = await workersOf(port);
  assert.ok(after.includes(survivor));
  assert.ok(!after.includes(victim));
  assert.match(child.stderr, /a worker died and is replaced/);
  const told = new RegExp(`"processId":"${victim}"`);
  await child.until(({ stderr }) => told.exec(stderr)?.[0]);

  child.kill('SIGHUP');
  const line = await child.until(({ stdout }) => /^\{"workers".*\}$/m.exec(stdout)?.[0]);
  const summed = JSON.parse(line) as { workers: number; metrics: string };
  assert.equal(summed.workers, 2);
  assert.match(summed.metrics, /^coffer_requests_total\{operation="Unknown",status="2xx"\} \d+$/m);
  while ((await ask(port)).secret !== 'secret two') await wait(10);
});

test('SIGTERM finishes requests in flight in every worker and exits 0, even when it comes twice', async () => {
  const { child: running, port } = await started();
  await using child = running;
  const pids = await workersOf(port);
  const slow = Promise.all(Array.from({ length: 8 }, () => ask(port, '/slow')));
  await wait(100);
  child.kill('SIGTERM');
  child.kill('SIGTERM');
  assert.equal((await slow).length, 8);
  assert.equal(await child.ended, 0);
  for (const pid of pids) assert.equal(isRunning(pid), false);
  await assert.rejects(ask(port));
});

test('workers end when the primary is killed', async () => {
  const { child, port } = await started();
  const pids = await workersOf(port);
  child.kill('SIGKILL');
  await child.ended;
  await Promise.all(pids.map(gone));
  await assert.rejects(ask(port));
});

test('a port in use ends the start with its sentence', async () => {
  const { child, port } = await started();
  await using other = child;
  assert.ok(isRunning(other.pid));
  const data = join(mkdtempSync(join(top, 'd')), 'data');
  await using second = new Child(process.execPath, [service, data, String(port), '2']);
  assert.equal(await second.ended, 1);
  assert.match(
    second.stderr,
    new RegExp(`^127\\.0\\.0\\.1:${port} is in use by another program\\.`, 'm'),
  );
});
