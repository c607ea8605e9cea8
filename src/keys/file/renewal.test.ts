/** A root key that is renewed, and every moment at which that can be cut off. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { temporaryFolder } from '../../../tests/temporary-folder.ts';
import { readKeyringFile, writeKeyringFile } from '../keyring-file.ts';
import { mintFirstKeyring, nextGeneration } from '../keyring.ts';
import { type FileKeeper, createFileKeeper, openFileKeeper } from './file-keeper.ts';

async function opened(path: string): Promise<FileKeeper> {
  return (await openFileKeeper(path)) ?? assert.fail();
}

const body = Buffer.from('a keyring');
const damage = { name: 'Fault', kind: 'damaged' };

test('a renewed root key takes the place of the old one, which opens nothing new', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const old = await createFileKeeper(path);
  await old.markInitialised();
  const before = await readFile(path, 'latin1');
  const context = { storeId: old.storeId, generation: 2 };
  const renewal = await old.renew();
  assert.equal(await readFile(path, 'latin1'), before);
  assert.equal((await stat(`${path}.new`)).mode & 0o777, 0o600);
  const sealed = await renewal.keeper.seal(body, context);
  assert.deepEqual(renewal.keeper.description, old.description);
  assert.match(await renewal.place(), /BACK IT UP NOW/);
  assert.match(await renewal.place(), /BACK IT UP NOW/);
  assert.deepEqual(await readdir(folder.path), ['data.root-key']);
  const again = await opened(path);
  assert.equal(again.state, 'initialised');
  assert.deepEqual(again.storeId, old.storeId);
  assert.deepEqual(await again.open(sealed, context), body);
  await assert.rejects(old.open(sealed, context), damage);
  await assert.rejects(again.open(await old.seal(body, context), context), damage);
});

test('cut off before a keyring is sealed by it in force: the old stays and the new one goes', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const old = await createFileKeeper(path);
  const context = { storeId: old.storeId, generation: 1 };
  const sealed = await old.seal(body, context);
  await old.renew();
  const started = await opened(path);
  assert.deepEqual(await started.open(sealed, context), body);
  assert.match((await started.settle()) ?? '', /was never used, and is removed/);
  assert.equal(await started.settle(), undefined);
  assert.deepEqual(await readdir(folder.path), ['data.root-key']);
  assert.deepEqual(await (await opened(path)).open(sealed, context), body);
});

test('cut off before it is placed: whoever opens it can, and the start places it', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const old = await createFileKeeper(path);
  const context = { storeId: old.storeId, generation: 2 };
  const { keeper } = await old.renew();
  const sealed = await keeper.seal(body, context);
  const looking = await opened(path);
  assert.deepEqual(await looking.open(sealed, context), body);
  assert.deepEqual((await readdir(folder.path)).sort(), ['data.root-key', 'data.root-key.new']);
  const started = await opened(path);
  await started.open(sealed, context);
  assert.match((await started.settle()) ?? '', /was renewed: BACK IT UP NOW/);
  assert.deepEqual(await readdir(folder.path), ['data.root-key']);
  assert.deepEqual(await (await opened(path)).open(sealed, context), body);
  // What is sealed from now on is sealed by the new one.
  const next = await started.seal(body, context);
  assert.deepEqual(await (await opened(path)).open(next, context), body);
});

test('a renewal that could not be placed is placed before the next, and never taken for it', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const old = await createFileKeeper(path);
  const context = { storeId: old.storeId, generation: 2 };
  const first = await old.renew();
  const sealed = await first.keeper.seal(body, context);
  const second = await first.keeper.renew?.();
  assert.ok(second);
  assert.deepEqual(await (await opened(path)).open(sealed, context), body);
  const third = await second.keeper.seal(body, context);
  await second.place();
  assert.deepEqual(await (await opened(path)).open(third, context), body);
  await assert.rejects((await opened(path)).open(sealed, context), damage);
});

test('a renewal that is not wanted leaves nothing', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const old = await createFileKeeper(path);
  await (await old.renew()).discard();
  assert.deepEqual(await readdir(folder.path), ['data.root-key']);
});

test('what a kill left of a file that was being written goes with the next start', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const keeper = await createFileKeeper(path);
  const drafts = [
    `.data.root-key.${'ab'.repeat(8)}.new`,
    `.data.root-key.new.${'01'.repeat(8)}.new`,
  ];
  const others = ['.data.root-key.backup.new', 'data.root-key.old', '.x.0123456789abcdef.new'];
  for (const name of [...drafts, ...others]) await writeFile(`${folder.path}/${name}`, 'x');
  await keeper.settle();
  assert.deepEqual(
    (await readdir(folder.path)).toSorted(),
    [...others, 'data.root-key'].toSorted(),
  );
});

test('behind a link the file itself is replaced, and the link stays', async () => {
  await using folder = await temporaryFolder();
  await mkdir(`${folder.path}/safe`);
  const real = `${folder.path}/safe/key`;
  await createFileKeeper(real);
  await symlink(real, `${folder.path}/link`);
  const linked = await opened(`${folder.path}/link`);
  const renewal = await linked.renew();
  const context = { storeId: linked.storeId, generation: 2 };
  const sealed = await renewal.keeper.seal(body, context);
  await renewal.place();
  assert.deepEqual(await (await opened(real)).open(sealed, context), body);
  assert.deepEqual(await (await opened(`${folder.path}/link`)).open(sealed, context), body);
});

test('a file of another store that has the name is not touched', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const keeper = await createFileKeeper(path);
  await createFileKeeper(`${path}.new`);
  const before = await readFile(`${path}.new`, 'latin1');
  const started = await opened(path);
  assert.equal(await started.settle(), undefined);
  await assert.rejects(keeper.renew(), /another file is beside/);
  assert.equal(await readFile(`${path}.new`, 'latin1'), before);
});

test('an old backup of a renewed root key is told for what it is', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const old = await createFileKeeper(path);
  const backup = await readFile(path);
  const renewal = await old.renew();
  const keyring = nextGeneration(mintFirstKeyring(old.storeId, new Date()));
  const keys = `${folder.path}/keys`;
  const reference = await writeKeyringFile(keys, keyring, renewal.keeper);
  await renewal.place();
  await writeFile(path, backup);
  const place = { folder: keys, keeper: await opened(path), storeId: old.storeId };
  await assert.rejects(readKeyringFile(place, reference), /take a newer one/);
});
