/**
 * `npm run bench:rewrap`: fills a store with objects, rotates its master key and measures the
 * re-wrap: alone, and beside requests, whose latencies are measured without and with it.
 * `--objects 1000000`, `--clients 8`, `--seconds 10 --rounds 5`, `--data PARENT`, `"--flags=--workers 2"`.
 *
 * Client and server share the machine. The objects are small and are put into the rows directly,
 * as PutObject would: the re-wrap never touches their bytes.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { type AdminClient, openAdminClient } from '../src/admin/client.ts';
import type { RewrapReport } from '../src/admin/contract.ts';
import { Connection } from './connection.ts';
import { fill } from './fill.ts';
import { run, type Measured, type Request } from './load.ts';
import { cpuSeconds, startCoffer, type Subject } from './server.ts';
import { signedHead } from './sign.ts';

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '100000' },
    clients: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
    flags: { type: 'string', default: '' },
    data: { type: 'string' },
  },
});
const objects = Number(options.objects);
const bucket = 'bench';
const keyOf = (n: number): string => `folder-${n % 100}/object-${String(n).padStart(9, '0')}`;

function prepare(subject: Subject, method: string, path: string, body?: Buffer): Request {
  const host = `${subject.host}:${subject.port}`;
  const input = { method, path, host, region: subject.region };
  const head = signedHead(subject.credentials, input, body?.length ?? 0);
  return body === undefined ? { head } : { head, body };
}

async function once(subject: Subject, request: Request): Promise<void> {
  const connection = await Connection.open(subject.host, subject.port);
  const { status } = await connection.send(request.head, request.body);
  connection.close();
  if (status >= 300) throw new Error(`the server answered ${status}`);
}

/** Three of four requests read an object of 1 KiB, one writes 4 KiB. */
function load(subject: Subject): Promise<Measured> {
  const body = randomBytes(4096);
  const path = (key: string): string => `/${bucket}/${key}`;
  const gets = Array.from({ length: 2_000 }, () =>
    prepare(subject, 'GET', path(keyOf(Math.floor(Math.random() * objects)))),
  );
  const puts = Array.from({ length: 2_000 }, (_, n) =>
    prepare(subject, 'PUT', path(`new/${n}`), body),
  );
  const next = (n: number): Request => {
    const request = (n % 4 === 3 ? puts : gets)[n % 2_000];
    if (request === undefined) throw new Error('no request');
    return request;
  };
  const { host, port } = subject;
  const secondsMax = Number(options.seconds);
  const requestsMax = Number.POSITIVE_INFINITY;
  return run({ host, port, clients: Number(options.clients), secondsMax, requestsMax, next });
}

function median(rounds: readonly Measured[], of: 'p50Ms' | 'p99Ms'): number {
  const sorted = rounds.map((round) => round[of]).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function show(name: string, measured: Measured | undefined): void {
  if (measured === undefined) return;
  const { requests, seconds, p50Ms, p99Ms, failures } = measured;
  const rate = (requests / seconds).toFixed(0);
  console.log(
    `${name.padEnd(24)} ${rate.padStart(6)} requests/s, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, ${failures} failed`,
  );
}

const status = (admin: AdminClient): Promise<RewrapReport> =>
  admin.call('GetRewrapStatus', { query: {} });

async function until(
  admin: AdminClient,
  reached: (report: RewrapReport) => boolean,
): Promise<RewrapReport> {
  for (;;) {
    const report = await status(admin);
    if (reached(report)) return report;
    await pause(100);
  }
}

/** Rotates, and gives the run that follows once it moves rows. */
async function rotate(admin: AdminClient): Promise<RewrapReport> {
  const { current } = await admin.call('RotateKeys', { body: {} });
  await admin.call('RewrapKeys', { body: {} });
  return until(admin, ({ version, state, moved }) => {
    return version === current && (moved > 0 || state === 'complete');
  });
}

const folder = mkdtempSync(join(options.data ?? tmpdir(), 'coffer-bench-'));
const data = join(folder, 'data');
const flags = options.flags === '' ? [] : options.flags.split(' ');
const start = (): Promise<Subject> => startCoffer({ folder, flags });
try {
  let subject = await start();
  await once(subject, prepare(subject, 'PUT', `/${bucket}`));
  await subject.stop();
  const began = performance.now();
  await fill({ data, bucket, objects, keyOf, body: randomBytes(1024) });
  console.log(`${objects} objects filled in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  subject = await start();
  const admin = openAdminClient({ kind: 'socket', data, path: join(data, 'admin.sock') });
  await until(admin, ({ state }) => state === 'complete').catch(() => pause(3_000));
  const cpu = (): number => (subject.pid === undefined ? 0 : cpuSeconds(subject.pid));
  const alone = await rotate(admin);
  const [from, cpuFrom] = [performance.now(), cpu()];
  const done = await until(admin, ({ finishedAt }) => finishedAt !== null);
  const rows = done.moved - alone.moved;
  const rate = (rows * 1000) / (performance.now() - from);
  const perCpu = rows / (cpu() - cpuFrom);
  console.log(
    `re-wrap alone: ${done.moved} rows, ${rate.toFixed(0)} rows/s, ${perCpu.toFixed(0)} a second of CPU (all threads), ${done.state}`,
  );
  // In turns, as the machine may not be the same all the time.
  const without: Measured[] = [];
  const beside: Measured[] = [];
  for (let round = 0; round < Number(options.rounds); round += 1) {
    without.push(await load(subject));
    show('without re-wrap', without[round]);
    const before = await rotate(admin);
    const begun = performance.now();
    beside.push(await load(subject));
    const after = await status(admin);
    const moving = ((after.moved - before.moved) * 1000) / (performance.now() - begun);
    show(`beside ${moving.toFixed(0)} rows/s`, beside[round]);
    await until(admin, ({ finishedAt }) => finishedAt !== null);
  }
  for (const figure of ['p50Ms', 'p99Ms'] as const) {
    const [a, b] = [median(without, figure), median(beside, figure)];
    const ratio = (b / a).toFixed(2);
    console.log(`median ${figure}: ${a.toFixed(2)} without, ${b.toFixed(2)} beside, x ${ratio}`);
  }
  await subject.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
