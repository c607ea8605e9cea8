import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { temporaryFolder } from '../../../tests/temporary-folder.ts';
import { keeperContract } from '../../../tests/contracts/keeper.ts';
import { type FileKeeper, createFileKeeper, openFileKeeper } from './file-keeper.ts';

async function opened(path: string): Promise<FileKeeper> {
  const keeper = await openFileKeeper(path);
  assert.ok(keeper);
  return keeper;
}

keeperContract('file', async () => {
  const folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const keeper = await createFileKeeper(path);
  return {
    keeper,
    reopened: await opened(path),
    other: await createFileKeeper(`${folder.path}/other.root-key`),
    storeId: keeper.storeId,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

test('a keeper that is not there is undefined, and opening makes none', async () => {
  await using folder = await temporaryFolder();
  assert.equal(await openFileKeeper(`${folder.path}/data.root-key`), undefined);
  assert.equal(await openFileKeeper(`${folder.path}/data.root-key`), undefined);
});

test('the state goes from new to initialised and stays there', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const keeper = await createFileKeeper(path);
  assert.equal(keeper.state, 'new');
  await keeper.markInitialised();
  await keeper.markInitialised();
  assert.equal(keeper.state, 'initialised');
  assert.equal((await opened(path)).state, 'initialised');
  assert.deepEqual((await createFileKeeper(path)).storeId, keeper.storeId);
});

test('a keeper shows its path and not its key', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data.root-key`;
  const keeper = await createFileKeeper(path);
  const key = /^key ([0-9a-f]{64})$/m.exec(await readFile(path, 'latin1'))?.[1];
  assert.ok(key);
  const shown = inspect(keeper, { showHidden: true, depth: 9 }) + JSON.stringify(keeper);
  assert.ok(shown.includes(path));
  assert.ok(!shown.includes(key) && !shown.includes(key.slice(0, 12)));
});
