/** A store that lost its root of trust or its keyring comes back from a recovery kit, or is told why not. */
import assert from 'node:assert/strict';
import { cp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { asSealed } from '../../src/base/sealed.ts';
import { StartError } from '../../src/base/start-error.ts';
import { readHeader } from '../../src/crypto/envelope.ts';
import { openLmdbMetadata } from '../../src/engines/lmdb/metadata.ts';
import { createFileKeeper } from '../../src/keys/file/file-keeper.ts';
import { listKeyringFiles, writeKeyringFile } from '../../src/keys/keyring-file.ts';
import { openKit, readKit } from '../../src/keys/kits/kit.ts';
import { combineShares, readShare } from '../../src/keys/kits/share.ts';
import { nextGeneration } from '../../src/keys/keyring.ts';
import { recordRow } from '../../src/rows/record-row.ts';
import { openStoreOffline } from '../../src/offline-store.ts';
import { keyringHouse } from '../keyring-house.ts';
import { readObject } from '../store-fixture.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type KitFiles, kits, settingsOf, splitKit, threeVersions } from './kit-house.ts';

interface Place extends AsyncDisposable {
  readonly path: string;
  readonly data: string;
  readonly kit: KitFiles;
}

async function placeWithKit(): Promise<Place> {
  const folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  let kit: KitFiles | undefined;
  await threeVersions(data, async (house) => {
    kit = await splitKit(house, `${folder.path}/kit`);
  });
  assert.ok(kit);
  return {
    path: folder.path,
    data,
    kit,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function restore({ data, kit }: Place, ...flags: readonly string[]) {
  await using restoring = await kits.beginRestore(settingsOf(data, ...flags), kit);
  return await restoring.restore();
}

async function assertReads(data: string): Promise<void> {
  await using house = await keyringHouse(data);
  for (const [key, body] of Object.entries({ one: 'body 1', two: 'body 2', three: 'body 3' })) {
    assert.equal((await readObject(house.store, key)).toString(), body);
  }
}

const keyringFiles = async (data: string): Promise<readonly string[]> =>
  (await listKeyringFiles(`${data}/keys`)).map(({ path }) => path);

async function loseKeyringInForce(data: string): Promise<void> {
  const newest = (await keyringFiles(data)).at(-1);
  assert.ok(newest);
  await rm(newest);
}

const refused = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StartError, String(error));
  assert.match(error.message, pattern);
  return true;
};

const losses: Readonly<Record<string, (data: string) => Promise<void>>> = {
  'the root key file': (data) => rm(`${data}.root-key`),
  'the keyring file': loseKeyringInForce,
  'every keyring file': (data) => rm(`${data}/keys`, { recursive: true }),
  'root key and keyrings': async (data) => {
    await rm(`${data}.root-key`);
    await rm(`${data}/keys`, { recursive: true });
  },
  'bytes of the keyring file': async (data) => {
    const newest = (await keyringFiles(data)).at(-1) ?? '';
    const bytes = await readFile(newest);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(newest, bytes);
  },
};

for (const [what, lose] of Object.entries(losses)) {
  test(`a store that lost ${what} comes back`, async () => {
    await using place = await placeWithKit();
    const { data, kit } = place;
    await lose(data);
    await assert.rejects(assertReads(data), /recovery kit|backup/);
    const before = await kits.check(settingsOf(data), kit);
    assert.ok(before.opens && before.keyringUnopened !== null);
    const restored = await restore(place);
    assert.equal(restored.current, 3);
    assert.equal(
      restored.madeRootKey !== null,
      what.startsWith('r') || what === 'the root key file',
    );
    await assertReads(data);
    await using house = await keyringHouse(data);
    const record = (await house.records()).at(-1);
    assert.deepEqual(
      [record?.facts['record'], record?.facts['kit'], record?.verified],
      ['keyring-restored', kit.id, true],
    );
    // It goes on as before.
    await house.rotate();
    await house.rewrap();
    await house.destruction.destroy(1);
  });
}

/** Flips one bit of the first row of a version, or of a kind, behind the keyring and the store row. */
async function damageFirst(data: string, isOne: (kind: number, version: number) => boolean) {
  const metadata = await openLmdbMetadata({
    path: `${data}/metadata`,
    onFailure: () => assert.fail(),
  });
  const damaged = await metadata.transact(async (transaction) => {
    const range = { start: Buffer.of(0x03), end: Buffer.of(0xff), limit: 10_000 };
    for (const { key, value } of await transaction.range(range)) {
      if (!isOne(key[0] ?? 0, readHeader(value).keyVersion)) continue;
      const bytes = Buffer.from(value);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      transaction.put(key, asSealed(bytes));
      return true;
    }
    return false;
  });
  await metadata.close();
  assert.ok(damaged);
}

for (const [what, isOne] of Object.entries({
  'the first row of version 1': (_: number, version: number) => version === 1,
  'the first row of version 2': (_: number, version: number) => version === 2,
  'a signed record': (kind: number) => kind === recordRow.code,
})) {
  test(`a store that lost its keys comes back although ${what} is damaged`, async () => {
    await using place = await placeWithKit();
    const { data, kit } = place;
    await rm(`${data}.root-key`);
    await damageFirst(data, isOne);
    assert.ok((await kits.check(settingsOf(data), kit)).opens);
    assert.equal((await restore(place)).current, 3);
  });
}

test('whatever a killed restore left, the next one goes through', async () => {
  await using place = await placeWithKit();
  const { data } = place;
  await rm(`${data}.root-key`);
  await cp(data, `${data}-before`, { recursive: true });
  const restored = await restore(place);
  const made = await readFile(`${data}.root-key`);
  await rm(data, { recursive: true });
  await rename(`${data}-before`, data);
  // Killed after the root key file was made: what is there is taken.
  await assert.rejects(
    assertReads(data),
    /which sealed it: what lies there is not the one that it was then/,
  );
  const storeId = Buffer.from(restored.store, 'hex');
  const keeper = await createFileKeeper(`${data}.root-key`, storeId);
  assert.deepEqual(await readFile(`${data}.root-key`), made);
  // Killed after the keyring file was written: no row names it.
  await using restoring = await kits.beginRestore(settingsOf(data), place.kit);
  const { keyring } = await openedKit(place);
  const stray = await writeKeyringFile(`${data}/keys`, nextGeneration(keyring), keeper);
  assert.equal((await restoring.restore()).generation, stray.generation);
  await restoring[Symbol.asyncDispose]();
  await assertReads(data);
  // Killed before it could say so: nothing is left to be done.
  await assert.rejects(
    restore(place),
    refused(/^Nothing is lost: .*generation 6, opens with file:/),
  );
});

/** The keyring in the kit. */
async function openedKit({ kit }: Place) {
  const read = readKit(await readFile(kit.kit), kit.kit);
  assert.ok(read.lock.kind === 'shares');
  const shares = await Promise.all(
    kit.shares.map(async (path) => readShare(await readFile(path), path)),
  );
  const keyring = openKit(read, await combineShares({ ...read, lock: read.lock }, shares));
  assert.ok(keyring);
  return { keyring };
}

test('what must not be restored is refused, and nothing is changed', async () => {
  await using place = await placeWithKit();
  const { data, path, kit } = place;
  const listing = async () => [await readdir(path), await keyringFiles(data)];
  const before = await listing();
  await assert.rejects(
    restore(place),
    refused(/^Nothing is lost: the keyring in force, generation 5/),
  );
  // Another --keeper does not make it lost: the file that the keyring names is there.
  await assert.rejects(
    restore(place, '--keeper', `file:${path}/other`),
    refused(/^Nothing is lost: .*keys reseal/),
  );
  await using other = await placeWithKit();
  await rm(`${data}.root-key`);
  before[0] = (await readdir(path)).toSorted();
  await assert.rejects(
    restore({ ...place, kit: other.kit }),
    refused(
      /^The recovery kit .*\/kit is of the store [0-9a-f]{32}, and .*\/data holds the store /,
    ),
  );
  await writeFile(`${path}/foreign`, await readFile(`${other.data}.root-key`), { mode: 0o600 });
  await assert.rejects(
    restore(place, '--keeper', `file:${path}/foreign`),
    refused(/foreign is the root of trust of another store/),
  );
  await rm(`${path}/foreign`);
  assert.deepEqual(await listing(), before);
  await assert.rejects(
    kits.beginRestore(settingsOf(`${path}/nowhere`), kit),
    refused(/There is no Coffer store in .*nowhere/),
  );
  assert.deepEqual(await listing(), before);
  // The keyring head is gone too: the rows alone tell that the kit is another store's.
  await rm(`${data}/keys`, { recursive: true });
  await assert.rejects(
    restore({ ...place, kit: other.kit }),
    refused(/opens nothing in this store: it is of another store/),
  );
});

test('a kit that lacks a version that rows need is refused, with the rows counted', async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  let kit: KitFiles | undefined;
  await threeVersions(data, async (house) => {
    kit = await splitKit(house, `${folder.path}/kit`);
    await house.rotate();
  });
  assert.ok(kit);
  await rm(`${data}.root-key`);
  const check = await kits.check(settingsOf(data), kit);
  assert.equal(check.opens, false);
  assert.deepEqual(
    check.versions.map(({ version, opens }) => [version, opens]),
    [
      [1, true],
      [2, true],
      [3, true],
      [4, false],
    ],
  );
  await assert.rejects(
    kits.beginRestore(settingsOf(data), kit),
    refused(/does not open everything .*version 4, \d+ rows: it does not hold version 4/),
  );
});

test('an older kit gives back no version that was destroyed since', async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  let kit: KitFiles | undefined;
  await threeVersions(data, async (house) => {
    kit = await splitKit(house, `${folder.path}/kit`);
    await house.rewrap();
    const { record } = await house.destruction.destroy(1);
    const { recoveryKits } = JSON.parse(record.text) as { recoveryKits: readonly object[] };
    assert.equal(recoveryKits.length, 1);
  });
  assert.ok(kit);
  await rm(`${data}.root-key`);
  await restore({ path: folder.path, data, kit } as Place);
  await assertReads(data);
  await using house = await keyringHouse(data);
  const { versions } = house.start.store.keys.newest.keyring;
  assert.deepEqual(
    [...versions.values()].map(({ state }) => state),
    ['destroyed', 'retained', 'current'],
  );
});

test('a store comes back under another root of trust, and from a kit that is newer than it', async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  await threeVersions(data);
  await cp(data, `${folder.path}/backup`, { recursive: true });
  let kit: KitFiles | undefined;
  {
    await using house = await keyringHouse(data);
    await house.rotate();
    await house.rotate();
    kit = await splitKit(house, `${folder.path}/kit`);
  }
  await rm(data, { recursive: true });
  await rm(`${data}.root-key`);
  await rename(`${folder.path}/backup`, data);
  assert.ok((await kits.check(settingsOf(data), kit)).opens);
  await writeFile(`${folder.path}/words`, 'orbit lantern velvet quarry', { mode: 0o600 });
  const flags = ['--keeper', `passphrase:${folder.path}/words`];
  await using restoring = await kits.beginRestore(settingsOf(data, ...flags), kit);
  const restored = await restoring.restore();
  assert.deepEqual(
    [restored.current, restored.keeper.kind, restored.madeRootKey],
    [5, 'passphrase', null],
  );
  await restoring[Symbol.asyncDispose]();
  assert.ok(!(await readdir(folder.path)).includes('data.root-key'));
  await using opened = await openStoreOffline(settingsOf(data, ...flags));
  const { versions } = await opened.keysStatus();
  assert.deepEqual(
    versions.map(({ version, state }) => `${version} ${state}`),
    ['1 retained', '2 retained', '3 retained', '4 retained', '5 current'],
  );
});

test('without rows there is nothing to restore to, and none are made', async () => {
  await using place = await placeWithKit();
  const { data, kit } = place;
  await rm(`${data}/metadata`, { recursive: true });
  const before = await readdir(data);
  for (const attempt of [kits.check(settingsOf(data), kit), restore(place)]) {
    await assert.rejects(attempt, refused(/metadata in .*\/data is missing or has no keyring row/));
  }
  assert.deepEqual(await readdir(data), before);
});

test('a check changes nothing, and says what the keyring in force and the kit hold', async () => {
  await using place = await placeWithKit();
  const { data, kit } = place;
  const check = await kits.check(settingsOf(data), kit);
  assert.deepEqual([check.opens, check.keyringUnopened, check.kit], [true, null, kit.id]);
  assert.deepEqual(
    check.versions.map(({ version, opens, row }) => [version, opens, row !== null]),
    [
      [1, true, true],
      [2, true, true],
      [3, true, true],
    ],
  );
  await using house = await keyringHouse(data);
  // While another process has the store.
  assert.ok((await kits.check(settingsOf(data), kit)).opens);
  await house.rotate();
  assert.equal((await kits.check(settingsOf(data), kit)).opens, false);
});
