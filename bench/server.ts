/** A server under measurement: started here on an empty folder, or one that already runs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { Credentials } from './sign.ts';

export interface Subject {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly credentials: Credentials;
  /** Process whose CPU and memory are read from /proc; undefined for a foreign endpoint. */
  readonly pid: number | undefined;
  /** From exec of the runtime to the first answered request; undefined for a running server. */
  readonly startMs: number | undefined;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function firstAnswer(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const answered = await fetch(url).then(
      (reply) => reply.ok,
      () => false,
    );
    if (answered) return;
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** Starts Coffer on an empty folder below `parent` (default: the temporary folder). */
export async function startCoffer(options: {
  readonly parent?: string;
  readonly flags?: readonly string[];
  /** An existing folder, with or without a store in it; it is not removed at the end. */
  readonly folder?: string;
}): Promise<Subject> {
  const folder = options.folder ?? mkdtempSync(join(options.parent ?? tmpdir(), 'coffer-bench-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      resolve(import.meta.dirname, '../src/main.ts'),
      'serve',
      '--data',
      data,
      '--listen',
      `127.0.0.1:${port}`,
      '--console',
      'off',
      '--log-level',
      'warn',
      ...(options.flags ?? []),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, UV_THREADPOOL_SIZE: '16' } },
  );
  await firstAnswer(`http://127.0.0.1:${port}/.coffer/ready`, child);
  const startMs = performance.now() - started;
  const text = readFileSync(`${data}.credentials`, 'utf8');
  const field = (name: string): string =>
    new RegExp(`^${name}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1] ?? '';
  return {
    host: '127.0.0.1',
    port,
    region: 'us-east-1',
    credentials: {
      accessKeyId: field('aws_access_key_id'),
      secretAccessKey: field('aws_secret_access_key'),
    },
    pid: child.pid,
    startMs,
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** CPU seconds used so far by the process and its children that were waited for (Linux). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // proc(5): utime and stime are fields 14 and 15, in clock ticks of 1/100 s.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Memory of a process in MiB (Linux): all that is resident, and what of it is no file's page. */
export function memoryMiB(pid: number): { readonly resident: number; readonly own: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { resident: field('VmRSS'), own: field('RssAnon') };
}
