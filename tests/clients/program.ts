/** A client program run to its end, with nothing of the user's own configuration about it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Called with every whole line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const timeoutMs = 180_000;

/** Where `tests/clients/install` puts what comes from PyPI. */
export const virtualEnvironment = resolve(import.meta.dirname, '../../.venv/bin');

/** Runs a program and returns how it ended, whatever its exit code. */
export function attempt(command: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const [program = '', ...args] = command;
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'] ?? '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const limit = options.timeoutMs ?? timeoutMs;
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    let stdout = '';
    let stderr = '';
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (options.onLine === undefined) return;
      const lines = (line + text).split('\n');
      line = lines.pop() ?? '';
      lines.forEach(options.onLine);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', fail);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const late = signal === 'SIGKILL' ? `\nended after ${limit / 1000} s` : '';
      done({ code, stdout, stderr: stderr + late });
    });
  });
}

/** Runs a program that must succeed; returns its standard output. */
export async function run(
  command: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const ended = await attempt(command, options);
  if (ended.code !== 0) throw new Error(told(command, ended));
  return ended.stdout;
}

/** Runs a program that must fail; returns what it printed. */
export async function refused(
  command: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const ended = await attempt(command, options);
  if (ended.code === 0) throw new Error(`should have failed: ${told(command, ended)}`);
  return ended.stderr + ended.stdout;
}

/** Full path of a program in PATH, or undefined. */
export function find(program: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

function told(command: readonly string[], { code, stdout, stderr }: Ended): string {
  const tail = (text: string): string => text.trim().slice(-1500);
  return `${command.join(' ')}\nexit ${code}\n${tail(stderr)}\n${tail(stdout)}`.trim();
}
