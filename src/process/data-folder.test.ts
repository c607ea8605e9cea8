import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Child } from '../../tests/support/child.ts';
import { StartError } from '../base/start-error.ts';
import { isDataFolder, openDataFolder } from './data-folder.ts';

const top = mkdtempSync(join(tmpdir(), 'coffer-folder-'));
after(() => rmSync(top, { recursive: true }));

const open = (path: string, keeperGiven = false) => openDataFolder({ path, keeperGiven });

async function refused(path: string, message: RegExp): Promise<void> {
  await assert.rejects(open(path), (error) => {
    assert.ok(error instanceof StartError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

test('a new folder is made, marked and locked; an existing one is opened', async () => {
  const path = join(top, 'a/b/data');
  {
    using folder = await open(path);
    assert.equal(folder.isNew, true);
    assert.equal(statSync(path).mode & 0o777, 0o700);
    assert.equal(readFileSync(join(path, 'coffer'), 'utf8'), 'coffer-data\n');
    assert.equal(statSync(join(path, 'lock')).size, 0);
    assert.deepEqual(readdirSync(path).sort(), ['coffer', 'lock']);
    await refused(path, /^Another Coffer .*serves the data folder .* --data\.$/);
  }
  using again = await open(path);
  assert.equal(again.isNew, false);
  assert.equal(await isDataFolder(path), true);
  assert.equal(await isDataFolder(top), false);
});

test('what a killed first start left is finished', async () => {
  for (const left of ['', 'coffer-d']) {
    const path = mkdtempSync(join(top, 'left-'));
    writeFileSync(join(path, 'coffer'), left);
    writeFileSync(join(path, 'lock'), '');
    mkdirSync(join(path, 'lost+found'));
    using folder = await open(path);
    assert.equal(folder.isNew, true);
    assert.equal(await isDataFolder(path), true);
  }
});

test('a folder that is somebody else’s is left alone', async () => {
  const path = mkdtempSync(join(top, 'foreign-'));
  writeFileSync(join(path, 'thesis.tex'), 'x');
  await refused(path, /holds files that are not Coffer's \(such as "thesis\.tex"\).*--data\.$/);
  assert.deepEqual(readdirSync(path), ['thesis.tex']);
  const marked = mkdtempSync(join(top, 'foreign-'));
  writeFileSync(join(marked, 'coffer'), 'a coffer of another maker');
  await refused(marked, /\(such as "coffer"\)/);
});

test('a path that cannot be a folder is said so', async () => {
  const file = join(top, 'file');
  writeFileSync(file, 'x');
  await refused(file, /file is not a folder/);
  await refused(join(file, 'data'), /is not a folder, or lies below a file/);
  await refused('/proc/coffer-data', /^The data folder \/proc\/coffer-data /);
});

test('a mount point needs an explicit keeper', { skip: process.platform !== 'linux' }, async () => {
  await refused('/dev/shm', /^The data folder \/dev\/shm is a mount point.* --keeper file:PATH/);
});

const holder = (path: string): string => `
  import { openDataFolder } from ${JSON.stringify(join(import.meta.dirname, 'data-folder.ts'))};
  try {
    await openDataFolder({ path: ${JSON.stringify(path)}, keeperGiven: true });
    console.log('held');
    setInterval(() => undefined, 1000);
  } catch (error) { console.log(error.message); }`;

const start = (path: string): Child =>
  new Child(process.execPath, ['--input-type=module', '-e', holder(path)]);

test('of several starts at once exactly one wins; the killed one’s folder is free at once', async () => {
  const path = join(top, 'raced');
  const children = Array.from({ length: 4 }, () => start(path));
  try {
    await Promise.all(children.map((child) => child.until(({ stdout }) => stdout.includes('\n'))));
    const winners = children.filter(({ stdout }) => stdout === 'held\n');
    assert.equal(winners.length, 1, children.map(({ stdout }) => stdout).join(''));
    const [winner] = winners;
    for (const child of children) {
      if (child === winner) continue;
      assert.match(child.stdout, /^Another Coffer (\(process \d+\) )?serves the data folder/);
      if (process.platform === 'linux') assert.ok(child.stdout.includes(`process ${winner?.pid})`));
    }
    winner?.kill('SIGKILL');
    await winner?.ended;
    using folder = await open(path);
    assert.equal(folder.isNew, false);
  } finally {
    for (const child of children) await child[Symbol.asyncDispose]();
  }
});
