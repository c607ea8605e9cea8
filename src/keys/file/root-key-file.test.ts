import assert from 'node:assert/strict';
import { chmod, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { temporaryFolder } from '../../../tests/temporary-folder.ts';
import { createRootKeyFile, markInitialised, readRootKeyFile } from './root-key-file.ts';

test('a new file is whole, ours alone and as FORMAT.md §5.3 says', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const file = await createRootKeyFile(path);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const lines = (await readFile(path, 'latin1'))
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  assert.match(
    lines.join('\n'),
    /^coffer-root-key 1\nstore [0-9a-f]{32}\nkey [0-9a-f]{64}\ncheck [0-9a-f]{16}\nstate new\n$/,
  );
  const again = await readRootKeyFile(path);
  assert.ok(again);
  assert.ok(again.key.equals(file.key));
  assert.deepEqual(again.storeId, file.storeId);
  assert.equal(again.state, 'new');
  assert.equal(again.warning, undefined);
  assert.deepEqual(await readdir(folder.path), ['data.root-key']);
});

test('of many first starts at once, all get the one key', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const files = await Promise.all(Array.from({ length: 12 }, () => createRootKeyFile(path)));
  const [first] = files;
  assert.ok(first);
  for (const file of files) {
    assert.ok(file.key.equals(first.key));
    assert.deepEqual(file.storeId, first.storeId);
  }
  assert.deepEqual(await readdir(folder.path), ['data.root-key']);
});

test('marking replaces the file in one step, behind a link too', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const file = await createRootKeyFile(path);
  await symlink(path, `${folder.path}/link`);
  const linked = await readRootKeyFile(`${folder.path}/link`);
  assert.ok(linked);
  assert.equal((await markInitialised(linked)).state, 'initialised');
  const again = await readRootKeyFile(path);
  assert.equal(again?.state, 'initialised');
  assert.ok(again.key.equals(file.key));
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual((await readdir(folder.path)).sort(), ['data.root-key', 'link']);
});

const good = [
  '# a comment',
  'coffer-root-key 1',
  `store ${'11'.repeat(16)}`,
  `key ${'22'.repeat(32)}`,
  'check ddfed7ac72205278',
  'state initialised',
  '',
];

async function read(text: string | Buffer): Promise<unknown> {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  await writeFile(path, text, { mode: 0o600 });
  return await readRootKeyFile(path);
}

/** One sentence of what is wrong, with the path, and the mend; nothing of the key. */
async function refused(text: string | Buffer, what: RegExp): Promise<void> {
  await assert.rejects(read(text), (error: Error & { kind?: string }) => {
    assert.equal(error.kind, 'damaged');
    assert.match(error.message, what);
    assert.match(error.message, /\/data\.root-key/);
    assert.match(error.message, /backup|newer Coffer|another file/);
    assert.doesNotMatch(error.message, /2222|3333/);
    return true;
  });
}

test('an edited but true file is read: comments, blank lines, CRLF, order, capitals', async () => {
  assert.ok(await read(good.join('\n')));
  assert.ok(await read(good.join('\r\n')));
  assert.ok(await read([...good].reverse().join('\n\n')));
  assert.ok(
    await read(good.join('\n').replace('check ddfed7ac72205278', 'check\tDDFED7AC72205278 # ours')),
  );
});

test('each damage is told in a sentence that names the file and the mend', async () => {
  const without = (name: string): string => good.filter((l) => !l.startsWith(name)).join('\n');
  const changed = (from: string | RegExp, to: string): string => good.join('\n').replace(from, to);
  await refused('', /is empty/);
  await refused('\n \n', /is empty/);
  await refused(Buffer.alloc(300), /does not belong there/);
  await refused('hello world\n', /line 1 that does not belong there/);
  await refused(without('coffer-root-key'), /is not a root key file/);
  await refused(changed('coffer-root-key 1', 'coffer-root-key 2'), /newer format/);
  for (const name of ['store', 'key', 'check', 'state']) {
    await refused(without(`${name} `), new RegExp(`has no line "${name}": it is cut short`));
  }
  await refused(changed('key 22', 'key 33'), /does not match its own check line/);
  await refused(changed('store 11', 'store 12'), /does not match its own check line/);
  await refused(changed('check d', 'check e'), /does not match its own check line/);
  await refused(changed('key 22', 'key 2'), /"key" that is not 64 hex digits/);
  await refused(changed('key 22', 'key zz'), /"key" that is not 64 hex digits/);
  await refused(changed('store 11', 'store 1'), /"store" that is not 32 hex digits/);
  await refused(changed('state initialised', 'state old'), /"state" that is not/);
  await refused(`${good.join('\n')}key ${'33'.repeat(32)}\n`, /line 7 that does not belong there/);
  await refused(changed('state', 'colour blue\nstate'), /line 6 that does not belong there/);
  await refused(changed('key 22', 'key 22 22'), /line 4 that does not belong there/);
  await refused(Buffer.alloc(5_000, 0x20), /longer than 4096 bytes/);
});

test('a file cut at any byte is refused, or says all that the whole one says', async () => {
  const whole = good.join('\n');
  for (let length = 0; length < whole.length - 1; length += 3) {
    await assert.rejects(read(whole.slice(0, length)), { name: 'Fault', kind: 'damaged' });
  }
});

test('a file that others may read or replace is refused; group-readable is told', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  await createRootKeyFile(path);
  for (const mode of [0o604, 0o602, 0o601, 0o644, 0o620, 0o660, 0o666, 0o777]) {
    await chmod(path, mode);
    await assert.rejects(readRootKeyFile(path), (error: Error) => {
      assert.match(error.message, new RegExp(`mode 0${mode.toString(8)}.*chmod 600 ${path}`));
      return true;
    });
  }
  for (const mode of [0o640, 0o440]) {
    await chmod(path, mode);
    assert.match((await readRootKeyFile(path))?.warning ?? '', /read by its group.*chmod 600/);
  }
  await chmod(path, 0o400);
  assert.equal((await readRootKeyFile(path))?.warning, undefined);
});

test('trouble with the place itself names the place', async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(createRootKeyFile(`${folder.path}/none/data.root-key`), {
    kind: 'failed',
    message: /cannot create .*none\/data\.root-key: its folder does not exist/,
  });
  await assert.rejects(readRootKeyFile(folder.path), { message: /it is a folder, not a file/ });
  await writeFile(`${folder.path}/data.root-key`, 'damaged', { mode: 0o600 });
  await assert.rejects(createRootKeyFile(`${folder.path}/data.root-key`), { kind: 'damaged' });
  assert.equal(await readFile(`${folder.path}/data.root-key`, 'latin1'), 'damaged');
});
