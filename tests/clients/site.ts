/** A real Coffer server: started with the README's command on an empty folder, ended by SIGTERM. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';

import { run } from './program.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A server under test, as the clients see it. */
export interface Site {
  readonly mode: 'modern' | 'classic';
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly root: Credentials;
  /** The data folder; undefined where the server is not ours and the folder was not named. */
  readonly data: string | undefined;
}

export interface OwnSite extends Site {
  readonly data: string;
  /** What the server printed. */
  readonly log: string;
  /** SIGTERM, as `stoppedBy` says; resolves with the exit code of `npm start`, its port closed. */
  stop(): Promise<number | null>;
  /** A service manager signals the process it started, a terminal and a container the whole group. */
  readonly stoppedBy: 'npm alone' | 'its process group';
}

const checkout = resolve(import.meta.dirname, '../..');
const region = 'us-east-1';
const startMsMax = 60_000;
const stopMsMax = 30_000;

/** `npm start` on an empty folder; returns when the server says it is ready. */
export async function startSite(folder: string, mode: Site['mode']): Promise<OwnSite> {
  const port = await freePort();
  const data = join(folder, mode);
  const log = join(folder, `${mode}.log`);
  const flags = ['--data', data, '--listen', `127.0.0.1:${port}`, '--console', 'off'];
  const output = openSync(log, 'w');
  const npm = spawn(
    'npm',
    ['start', '--', ...flags, '--domain', 'localhost', '--new-buckets', mode],
    { cwd: checkout, stdio: ['ignore', output, output], detached: true },
  );
  closeSync(output);
  const endWithUs = (): void => void npm.kill('SIGTERM');
  process.once('exit', endWithUs);
  await ready(`http://127.0.0.1:${port}/.coffer/ready`, npm, log);
  return {
    mode,
    url: `http://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    region,
    root: credentialsIn(readFileSync(`${data}.credentials`, 'utf8')),
    data,
    log,
    stoppedBy: mode === 'modern' ? 'npm alone' : 'its process group',
    stop: async () => {
      process.removeListener('exit', endWithUs);
      const code = await stop(npm, mode === 'modern' ? npm.pid : -(npm.pid ?? 0));
      await closed(port);
      return code;
    },
  };
}

/** A server that runs already. */
export function runningSite(url: string, data: string | undefined): Site {
  const { hostname, port } = new URL(url);
  const variable = (name: string): string => {
    const value = process.env[name];
    if (value === undefined) throw new Error(`--endpoint needs ${name} in the environment`);
    return value;
  };
  return {
    mode: 'modern',
    url: url.replace(/\/$/, ''),
    host: hostname,
    port: Number(port),
    region,
    root: {
      accessKeyId: variable('AWS_ACCESS_KEY_ID'),
      secretAccessKey: variable('AWS_SECRET_ACCESS_KEY'),
    },
    data: data === undefined ? undefined : resolve(data),
  };
}

/** `coffer user create` with a policy file, on the running server's data folder. */
export async function createUser(data: string, name: string, policy: string): Promise<Credentials> {
  const printed = await run(
    [
      'npm',
      'run',
      '-s',
      'coffer',
      '--',
      'user',
      'create',
      name,
      '--policy',
      policy,
      '--data',
      data,
      '--json',
    ],
    { cwd: checkout, env: { HOME: process.env['HOME'] ?? '/' } },
  );
  const text = (member: string): string => {
    const found = new RegExp(`"${member}"\\s*:\\s*"([^"]+)"`).exec(printed)?.[1];
    if (found === undefined) throw new Error(`user create printed no ${member}`);
    return found;
  };
  return { accessKeyId: text('accessKeyId'), secretAccessKey: text('secretKey') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function ready(url: string, npm: ChildProcess, log: string): Promise<void> {
  const deadline = performance.now() + startMsMax;
  for (;;) {
    const answered = await fetch(url).then(
      (reply) => reply.ok,
      () => false,
    );
    if (answered) return;
    if (npm.exitCode !== null || performance.now() > deadline) {
      const said = readFileSync(log, 'utf8').slice(-2000);
      throw new Error(`the server did not start (exit ${npm.exitCode}):\n${said}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function stop(npm: ChildProcess, target = 0): Promise<number | null> {
  const ended = new Promise<number | null>((done) => {
    if (npm.exitCode !== null) done(npm.exitCode);
    else npm.once('exit', done);
  });
  const timer = setTimeout(() => process.kill(-(npm.pid ?? 0), 'SIGKILL'), stopMsMax);
  process.kill(target, 'SIGTERM');
  const code = await ended;
  clearTimeout(timer);
  return code;
}

/** Resolves when nothing listens there: the port can be bound again. */
async function closed(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(port, '127.0.0.1', done);
  });
  await new Promise((done) => server.close(done));
}

/** The two lines of an AWS credentials file. */
function credentialsIn(text: string): Credentials {
  const value = (name: string): string => {
    const found = new RegExp(`^${name}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`the credentials file has no ${name}`);
    return found;
  };
  return {
    accessKeyId: value('aws_access_key_id'),
    secretAccessKey: value('aws_secret_access_key'),
  };
}
