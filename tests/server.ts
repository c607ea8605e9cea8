/**
 * A real Coffer for black-box tests: the program itself, as an operator starts it, on a folder and a
 * port of its own, ended by its own id.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface RunningServer {
  readonly url: string;
  /** Undefined where it is off, as it is without `--console`. */
  readonly console: string | undefined;
  readonly data: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly pid: number;
  /** What it said so far. */
  output(): string;
  /** SIGTERM, and the exit code. Keeps the folder. */
  end(): Promise<number | null>;
  /** SIGKILL; `end` waits for its end. */
  kill(): void;
  /** Ends it if it runs, and removes the folder. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServerOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A data folder of an earlier server. */
  readonly data?: string;
}

const main = resolve(import.meta.dirname, '../src/main.ts');

/** Starts the program; resolves when it says where it serves. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const data = options.data ?? join(mkdtempSync(join(tmpdir(), 'coffer-test-')), 'data');
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      main,
      'serve',
      ...flagsFor(data, options.flags ?? []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', UV_THREADPOOL_SIZE: '16', ...options.env },
    },
  );
  const said = { text: '' };
  const url = await address(child, said);
  const console = /^Console\s+(\S+)$/m.exec(said.text)?.[1];
  const text = readFileSync(`${data}.credentials`, 'utf8');
  const field = (name: string): string =>
    new RegExp(`^${name} = (\\S+)$`, 'm').exec(text)?.[1] ?? '';
  const exit = new Promise<number | null>((done) => child.once('exit', done));
  const end = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return exit;
  };
  const stop = async (): Promise<void> => {
    await end();
    rmSync(resolve(data, '..'), { recursive: true, force: true });
  };
  return {
    url,
    console,
    data,
    credentials: {
      accessKeyId: field('aws_access_key_id'),
      secretAccessKey: field('aws_secret_access_key'),
    },
    pid: child.pid ?? 0,
    output: () => said.text,
    end,
    kill: () => void child.kill('SIGKILL'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function flagsFor(data: string, flags: readonly string[]): string[] {
  const console = flags.includes('--console') ? [] : ['--console', 'off'];
  const level = flags.includes('--log-level') ? [] : ['--log-level', 'warn'];
  const listen = flags.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  return ['--data', data, ...listen, ...level, ...console, ...flags];
}

function address(child: ChildProcess, said: { text: string }): Promise<string> {
  return new Promise((found, reject) => {
    const look = (bytes: Buffer): void => {
      said.text += bytes.toString();
      const url = /Coffer serves S3 at\s+(\S+)/.exec(said.text)?.[1];
      if (url !== undefined) found(url);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said.text}`)));
  });
}
