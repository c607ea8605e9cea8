/**
 * Builds the console when no build of its present sources is there: `vite build` in a child of the
 * lowest priority, while the server serves. A build is a folder named by the hash of what it was made
 * from, moved to its place whole, so servers that start at once, or are killed at it, disturb nobody.
 * Nothing is fetched: without the development dependencies there is nothing to build with.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants as zlib } from 'node:zlib';
import type { Log } from './base/log.ts';
import { type ConsoleFiles, readConsoleFiles } from './console-files.ts';
import type { ConsoleState } from './console-pages.ts';

export interface ConsoleBuildOptions {
  /** The console's package. */
  readonly folder: string;
  readonly log: Log;
  /** Aborted when the server ends; a build ends with it. */
  readonly signal: AbortSignal;
}

export interface ConsoleBuild {
  readonly state: () => ConsoleState;
  /** Resolves when nothing is under way any more. */
  readonly ended: Promise<void>;
}

/** Finds the build, or begins one; what it does goes on beside the server. */
export function startConsoleBuild(options: ConsoleBuildOptions): ConsoleBuild {
  let state: ConsoleState = { kind: 'building' };
  const ended = findOrBuild(options).then(
    (found) => {
      state = found;
      if (found.kind === 'absent' && !options.signal.aborted) options.log.warn(found.sentence);
      return undefined;
    },
    (error: unknown) => {
      if (options.signal.aborted) return undefined;
      options.log.error('the console cannot be served', { error: error as Error });
      state = { kind: 'absent', sentence: failedSentence };
      return undefined;
    },
  );
  return { state: () => state, ended };
}

const failedSentence =
  'The console could not be built; the server’s log says why. It is tried again at the next start.';
const absentSentence =
  'The console is not built here and what builds it is not installed: run "npm ci --ignore-scripts" in Coffer’s folder and start again.';

const absent: ConsoleState = { kind: 'absent', sentence: absentSentence };

async function findOrBuild(options: ConsoleBuildOptions): Promise<ConsoleState> {
  const { folder } = options;
  const builds = join(folder, 'dist');
  const sources = await sourcesOf(folder);
  if (sources === undefined) {
    // A published package carries one build and no sources.
    const [only = '.'] = existsSync(join(builds, 'index.html')) ? [] : await foldersIn(builds);
    const files = await readIfThere(join(builds, only));
    return files === undefined ? absent : { kind: 'built', files };
  }
  const target = join(builds, await hashOf(sources));
  const found = await readIfThere(target);
  if (found !== undefined) return { kind: 'built', files: found };
  const vite = viteOf(folder);
  if (vite === undefined) return absent;
  return build(vite, target, options);
}

async function readIfThere(target: string): Promise<ConsoleFiles | undefined> {
  return existsSync(join(target, 'index.html')) ? readConsoleFiles(target) : undefined;
}

/** What a build is made from; undefined where there are no sources. */
async function sourcesOf(folder: string): Promise<readonly string[] | undefined> {
  if (!existsSync(join(folder, 'index.html')) || !existsSync(join(folder, 'src'))) return undefined;
  const inside = await readdir(folder, { withFileTypes: true });
  const files = inside.filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'));
  const deep = await Promise.all(
    ['src', 'public'].map(async (name) => {
      if (!existsSync(join(folder, name))) return [];
      const found = await readdir(join(folder, name), { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  const lock = join(dirname(folder), 'package-lock.json');
  const all = [...files.map(({ name }) => join(folder, name)), ...deep.flat()];
  return existsSync(lock) ? [...all, lock] : all;
}

async function hashOf(sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const root = dirname(sources[0] ?? '');
  for (const path of sources.toSorted()) {
    const bytes = await readFile(path);
    hash.update(`${relative(root, path)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}

function viteOf(folder: string): string | undefined {
  const paths = createRequire(join(folder, 'package.json')).resolve.paths('vite') ?? [];
  return paths.map((path) => join(path, 'vite/bin/vite.js')).find((path) => existsSync(path));
}

const foldersIn = async (folder: string): Promise<string[]> => {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
};

const pack = promisify(brotliCompress);

/** Beside each file of text the same packed, where that is less. One after the other: nobody waits. */
async function packFiles(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((each) => /\.(?:js|css|svg|html)$/.test(each))) {
    const path = join(folder, name);
    const bytes = await readFile(path);
    const packed = await pack(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: packQuality } });
    if (packed.length < bytes.length) await writeFile(`${path}.br`, packed);
  }
}

/** A third of the size in half a second; the best would take ten. */
const packQuality = 6;

/** Short-lived servers, tests' for one, begin none. */
const delayMs = 1_500;

async function build(
  vite: string,
  target: string,
  { folder, log, signal }: ConsoleBuildOptions,
): Promise<ConsoleState> {
  await pause(delayMs, undefined, { signal, ref: false });
  await using turn = await takeTurn(join(folder, 'build.lock.tmp'), signal);
  const meanwhile = await readIfThere(target);
  if (meanwhile !== undefined) return { kind: 'built', files: meanwhile };
  const staging = join(folder, `dist-${process.pid}.tmp`);
  await using rubbish = new AsyncDisposableStack();
  rubbish.defer(() => rm(staging, remove));
  log.info('building the console');
  const { code, said } = await runVite(vite, { folder, staging, signal });
  if (code !== 0 || !existsSync(join(staging, 'index.html'))) {
    if (!signal.aborted) log.error('the console’s build failed', { code: code ?? 'killed', said });
    return { kind: 'absent', sentence: failedSentence };
  }
  await turn.keep();
  await packFiles(staging);
  const files = await readConsoleFiles(staging);
  await mkdir(dirname(target), { recursive: true });
  await rm(target, remove);
  await rename(staging, target);
  const older = (await foldersIn(dirname(target))).filter(
    (name) => join(dirname(target), name) !== target,
  );
  for (const name of older) await rm(join(dirname(target), name), remove);
  log.info('the console is built');
  return { kind: 'built', files };
}

const remove = { recursive: true, force: true } as const;

interface Turn extends AsyncDisposable {
  /** Says that this process still lives. */
  keep(): Promise<void>;
}

/** So old, a lock is of a process that is gone, whatever its number is now. */
const lockMsMax = 10 * 60_000;
const lockPollMs = 1_000;

/** Waits until no other process builds. */
async function takeTurn(path: string, signal: AbortSignal): Promise<Turn> {
  for (;;) {
    const taken = await writeFile(path, String(process.pid), { flag: 'wx' }).then(
      () => true,
      () => false,
    );
    if (taken) break;
    if (await isStale(path)) await rm(path, { force: true });
    else await pause(lockPollMs, undefined, { signal, ref: false });
  }
  return {
    keep: () => writeFile(path, String(process.pid)),
    [Symbol.asyncDispose]: () => rm(path, { force: true }),
  };
}

async function isStale(path: string): Promise<boolean> {
  const [text, facts] = await Promise.all([
    readFile(path, 'utf8').catch(() => undefined),
    stat(path).catch(() => undefined),
  ]);
  if (text === undefined || facts === undefined) return false;
  if (Date.now() - facts.mtimeMs > lockMsMax) return true;
  return text !== '' && !isAlive(Number(text));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Ended {
  readonly code: number | null;
  /** Its last words. */
  readonly said: string;
}

const saidCharsMax = 8_000;

function runVite(
  vite: string,
  { folder, staging, signal }: { folder: string; staging: string; signal: AbortSignal },
): Promise<Ended> {
  const args = [vite, 'build', '--outDir', staging, '--emptyOutDir', '--logLevel', 'warn'];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    // No secret of the server's environment is its business.
    env: { PATH: dirname(process.execPath), NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  if (child.pid !== undefined) lowerPriority(child.pid);
  let said = '';
  const hear = (bytes: Buffer): void => void (said = (said + bytes).slice(-saidCharsMax));
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      said += error.message;
      if (child.pid === undefined) resolve({ code: null, said });
    });
    child.once('close', (code) => resolve({ code, said }));
  });
}

/** False where it has ended already, or the system lets nobody be nice: then it is built like this. */
function lowerPriority(pid: number): boolean {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
    return true;
  } catch {
    return false;
  }
}
