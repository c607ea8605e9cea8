/** Commands on a store that no server runs: they open what is there, and make nothing. */
import assert from 'node:assert/strict';
import { readdir, rename } from 'node:fs/promises';
import { test } from 'node:test';
import { StartError } from '../src/base/start-error.ts';
import { parseSettings } from '../src/config/settings.ts';
import { openStoreOffline } from '../src/offline-store.ts';
import { startStore } from '../src/open-store.ts';
import { openDataFolder } from '../src/process/data-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const settingsOf = (data: string) => parseSettings(['--data', data], {}, '/');

async function makeStore(data: string): Promise<void> {
  using folder = await openDataFolder({ path: data, keeperGiven: true });
  const start = await startStore({
    data: folder.path,
    keeper: settingsOf(data).keeper,
    how: { secrets: settingsOf(data).keeperSecrets, askSecret: undefined },
    region: 'us-east-1',
    given: undefined,
    onFailure: () => undefined,
  });
  await start.store.close();
}

const refused =
  (pattern: RegExp) =>
  (error: unknown): boolean =>
    error instanceof StartError && pattern.test(error.message);

test('the status of the keys is told without a server, again and again, and nothing is written', async () => {
  await using place = await temporaryFolder();
  const data = `${place.path}/data`;
  await makeStore(data);
  const once = async () => {
    await using store = await openStoreOffline(settingsOf(data));
    return await store.keysStatus();
  };
  const first = await once();
  assert.deepEqual(first.keeper, { kind: 'file', healthy: true });
  assert.equal(first.current, 1);
  assert.ok((first.versions[0]?.references.rows ?? 0) > 0);
  const second = await once();
  assert.deepEqual({ ...second, countedAt: '' }, { ...first, countedAt: '' });
});

test('while one has the store open, another is refused', async () => {
  await using place = await temporaryFolder();
  const data = `${place.path}/data`;
  await makeStore(data);
  await using first = await openStoreOffline(settingsOf(data));
  await assert.rejects(openDataFolder({ path: data, keeperGiven: true }), StartError);
  assert.equal((await first.keysStatus()).current, 1);
});

test('where there is no store, or not its key, the sentence says so and nothing is made', async () => {
  await using place = await temporaryFolder();
  const data = `${place.path}/data`;
  const open = () => openStoreOffline(settingsOf(data));
  await assert.rejects(open(), refused(/There is no Coffer store in .*\/data: name its data/));
  assert.deepEqual(await readdir(place.path), []);
  await makeStore(data);
  await rename(`${data}.root-key`, `${data}.elsewhere`);
  await assert.rejects(open(), refused(/root key file .*\/data\.root-key is missing/));
  // The refusal let the folder go.
  await rename(`${data}.elsewhere`, `${data}.root-key`);
  await using store = await open();
  assert.equal((await store.keysStatus()).current, 1);
});
