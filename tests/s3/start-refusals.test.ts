/** Starts that cannot be: each ends with one sentence that names the place and the mend, and exit 1. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const main = resolve(import.meta.dirname, '../../src/main.ts');

const nowhere: readonly string[] = ['--listen', '127.0.0.1:0', '--console', 'off'];

/** Starts the program, which must not serve; returns what it said. */
function refused(data: string, flags = nowhere): string {
  const args = ['serve', '--data', data, ...flags];
  const ended = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  assert.equal(ended.status, 1, `${ended.signal}: ${ended.stderr}`);
  assert.equal(ended.stdout, '');
  assert.match(ended.stderr, /^coffer: [^\n]+\n$/, 'one sentence on one line');
  return ended.stderr;
}

function folder(t: { after(fn: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'coffer-test-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

for (const workers of ['1', '2']) {
  test(`a port in use, with --workers ${workers}`, async (t) => {
    const holder = createServer();
    await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
    t.after(() => holder.close());
    const address = holder.address();
    assert.ok(typeof address === 'object' && address !== null);
    const taken = `127.0.0.1:${address.port}`;
    const data = join(folder(t), 'data');
    for (const [setting, flags] of [
      ['--listen', ['--listen', taken, '--console', 'off']],
      ['--console', ['--listen', '127.0.0.1:0', '--console', taken]],
    ] as const) {
      const said = refused(data, [...flags, '--workers', workers]);
      assert.ok(said.includes(`${taken} is in use`) && said.includes(setting), said);
    }
  });
}

test('a folder of somebody else is left alone', (t) => {
  const data = join(folder(t), 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'notes.txt'), 'mine');
  const said = refused(data);
  assert.ok(said.includes(data) && said.includes('notes.txt') && said.includes('--data'), said);
  assert.deepEqual(readdirSync(data), ['notes.txt']);
  assert.deepEqual(readdirSync(join(data, '..')), ['data']);
});

test('a data folder that is a file', (t) => {
  const data = join(folder(t), 'data');
  writeFileSync(data, '');
  const said = refused(data);
  assert.ok(said.includes(data) && said.includes('--data'), said);
});

test('a data folder that cannot be written', { skip: process.getuid?.() === 0 }, (t) => {
  const above = folder(t);
  chmodSync(above, 0o500);
  const data = join(above, 'data');
  const said = refused(data);
  assert.ok(said.includes(data) && said.includes('cannot be read and written'), said);
});
