/** When the console is built, by whom, and what is left behind; with a stand-in for vite. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openLog } from './base/log.ts';
import { startConsoleBuild } from './console-build.ts';
import type { ConsoleState } from './console-pages.ts';

const standIn = `
const { mkdirSync, writeFileSync, appendFileSync, existsSync } = require('node:fs');
const { getPriority } = require('node:os');
const folder = process.argv[process.argv.indexOf('--outDir') + 1];
appendFileSync('../built.log', JSON.stringify({ nice: getPriority(), env: Object.keys(process.env) }) + '\\n');
if (existsSync('src/broken')) { console.error('src/broken does not parse'); process.exit(1); }
mkdirSync(folder);
setTimeout(() => writeFileSync(folder + '/index.html', existsSync('src/long') ? 'built'.repeat(1000) : 'built'), existsSync('src/slow') ? 600000 : 50);
`;

interface Place {
  readonly folder: string;
  readonly said: () => string;
  readonly builds: () => readonly { readonly nice: number; readonly env: readonly string[] }[];
  readonly start: (signal?: AbortSignal) => ReturnType<typeof startConsoleBuild>;
  /** The state that one start comes to. */
  readonly once: () => Promise<ConsoleState>;
}

function place(t: TestContext): Place {
  const root = mkdtempSync(join(tmpdir(), 'coffer-build-'));
  t.after(() => rmSync(root, { recursive: true }));
  const folder = join(root, 'console');
  mkdirSync(join(folder, 'src'), { recursive: true });
  mkdirSync(join(root, 'node_modules/vite/bin'), { recursive: true });
  writeFileSync(join(root, 'node_modules/vite/bin/vite.js'), standIn);
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'index.html'), 'source');
  writeFileSync(join(folder, 'src/main.ts'), '');
  let said = '';
  const destination = {
    write: (line: string) => void (said += line),
    flush: () => undefined,
    flushSync: () => undefined,
  };
  const log = openLog({ level: 'info', format: 'json', destination });
  const start = (signal = new AbortController().signal) =>
    startConsoleBuild({ folder, log, signal });
  const built = join(root, 'built.log');
  return {
    folder,
    said: () => said,
    builds: () =>
      existsSync(built)
        ? readFileSync(built, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
    start,
    once: async () => {
      const build = start();
      await build.ended;
      return build.state();
    },
  };
}

const servedBy = (state: ConsoleState): string =>
  state.kind === 'built'
    ? Buffer.from(state.files.find('/index.html', new Map())?.body as Uint8Array).toString()
    : state.kind;

test('it is built once, at the lowest priority, by a child that knows no secret', async (t) => {
  const { start, once, builds, folder } = place(t);
  const build = start();
  assert.equal(build.state().kind, 'building');
  await build.ended;
  assert.equal(servedBy(build.state()), 'built');
  assert.equal(servedBy(await once()), 'built');
  assert.equal(builds().length, 1);
  assert.equal(builds()[0]?.nice, 19);
  assert.deepEqual(builds()[0]?.env.toSorted(), ['NODE_ENV', 'PATH']);
  assert.deepEqual(readdirSync(folder).toSorted(), ['dist', 'index.html', 'package.json', 'src']);
});

test('changed sources are built anew, and the old build goes', async (t) => {
  const { once, builds, folder } = place(t);
  await once();
  writeFileSync(join(folder, 'src/main.ts'), 'changed');
  assert.equal(servedBy(await once()), 'built');
  writeFileSync(join(folder, 'src/main.test.ts'), 'no part of it');
  assert.equal(servedBy(await once()), 'built');
  assert.equal(builds().length, 2);
  assert.equal(readdirSync(join(folder, 'dist')).length, 1);
});

test('what is built is packed too', async (t) => {
  const { once, folder } = place(t);
  writeFileSync(join(folder, 'src/long'), '');
  const state = await once();
  assert.ok(state.kind === 'built');
  const accepts = new Map([['accept-encoding', ['gzip, br']]]);
  const reply = state.files.find('/index.html', accepts);
  assert.ok(reply?.body instanceof Uint8Array && reply.body.length < 100);
  assert.equal(reply.headers['Content-Encoding'], 'br');
});

test('servers that start at once share one build', async (t) => {
  const { once, builds } = place(t);
  const states = await Promise.all([once(), once(), once()]);
  assert.deepEqual(states.map(servedBy), ['built', 'built', 'built']);
  assert.equal(builds().length, 1);
});

test('the lock of a process that is gone keeps nobody waiting', async (t) => {
  const { once, folder } = place(t);
  const lock = join(folder, 'build.lock.tmp');
  writeFileSync(lock, '999999999');
  assert.equal(servedBy(await once()), 'built');
  writeFileSync(join(folder, 'src/main.ts'), 'changed');
  writeFileSync(lock, String(process.pid));
  utimesSync(lock, 0, 0);
  assert.equal(servedBy(await once()), 'built');
  assert.ok(!existsSync(lock));
});

test('a build that fails is told in the log, and leaves nothing', async (t) => {
  const { once, said, folder } = place(t);
  writeFileSync(join(folder, 'src/broken'), '');
  const state = await once();
  assert.ok(state.kind === 'absent' && state.sentence.includes('could not be built'));
  assert.match(said(), /src\/broken does not parse/);
  assert.deepEqual(readdirSync(folder).toSorted(), ['index.html', 'package.json', 'src']);
});

test('a server that ends takes its build with it', async (t) => {
  const { start, builds, folder, said } = place(t);
  writeFileSync(join(folder, 'src/slow'), '');
  const end = new AbortController();
  const build = start(end.signal);
  while (builds().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  end.abort();
  await build.ended;
  assert.deepEqual(readdirSync(folder).toSorted(), ['index.html', 'package.json', 'src']);
  assert.doesNotMatch(said(), /"level":"error"|failed/);
});

test('a package without sources serves the build that it carries', async (t) => {
  const { once, folder } = place(t);
  await once();
  rmSync(join(folder, 'src'), { recursive: true });
  assert.equal(servedBy(await once()), 'built');
  writeFileSync(join(folder, 'dist/index.html'), 'by hand');
  assert.equal(servedBy(await once()), 'by hand');
});

test('without sources and build, or without what builds, one sentence says so', async (t) => {
  const { once, folder, said } = place(t);
  rmSync(join(folder, '../node_modules'), { recursive: true });
  const state = await once();
  assert.ok(state.kind === 'absent');
  assert.match(state.sentence, /run "npm ci --ignore-scripts" in Coffer’s folder/);
  assert.match(said(), /The console is not built here/);
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  assert.equal((await once()).kind, 'absent');
});
