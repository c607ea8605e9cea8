/** A master key version is destroyed only when nothing needs it, and then it is gone for good. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createFileKeeper, openFileKeeper } from '../src/keys/file/file-keeper.ts';
import type { Keeper } from '../src/keys/keeper.ts';
import { olderGenerationsMax, readKeyringFile } from '../src/keys/keyring-file.ts';
import { type Keyring, nextGeneration } from '../src/keys/keyring.ts';
import { keyringFolder } from '../src/open-store.ts';
import { fromBase64Url } from '../src/base/bytes.ts';
import { Fault } from '../src/base/refusal.ts';
import { verifyRecord } from '../src/crypto/record-signature.ts';
import { putRecord } from '../src/rows/signed-records.ts';
import { type KeyringHouse, keyringHouse } from './keyring-house.ts';
import { bucketName, plainPut, readObject } from './store-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { begin, listOf, partBytes, plainPart, plainUpload } from './upload-fixture.ts';

const makeBucket = ({ store }: KeyringHouse) =>
  store.buckets.create({
    name: bucketName,
    account: '111122223333',
    region: 'us-east-1',
    mode: 'modern',
  });

const refused = (code: string, message: RegExp) => (error: Error & { code?: string }) => {
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

interface DestroyedFacts {
  readonly keyringFilesToRemove: readonly string[];
  readonly coverage: {
    readonly references: number;
    readonly rowsScanned: Readonly<Record<string, number>>;
  };
  readonly keeper: { readonly renewed: boolean };
  readonly recoveryKits: readonly object[];
  readonly publicKey: string;
}

test('what cannot be destroyed is refused with the reason, and nothing is changed', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  const { destruction, changes } = house;
  await makeBucket(house);
  await house.store.objects.put(plainPut('key', 'body'));
  await assert.rejects(destruction.destroy(1), refused('InvalidArgument', /1 is current.*rotate/));
  await assert.rejects(destruction.destroy(2), refused('InvalidArgument', /no .* version 2/));
  await changes.change({
    next: (keyring) => ({ ...keyring, generation: keyring.generation + 1 }),
  });
  await house.rotate();
  const before = await house.keyringFiles();
  await assert.rejects(
    destruction.destroy(1),
    refused('StillReferenced', /1 object versions and 0 uploads.*head 1.*by bucket: bucket 2\./),
  );
  await assert.rejects(destruction.destroy(2), refused('InvalidArgument', /2 is current/));
  assert.deepEqual(await house.keyringFiles(), before);
  assert.deepEqual(await readdir(folder.path), ['data', 'data.credentials', 'data.root-key']);
  assert.deepEqual(await house.records(), []);
  assert.equal((await readObject(house.store, 'key')).toString(), 'body');
});

test('a destroyed version leaves a signed record, one keyring file and a new root key', async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  const kit = { kind: 'recovery-kit', madeAt: new Date(), facts: { versions: [1] } } as const;
  {
    await using house = await keyringHouse(data);
    await makeBucket(house);
    await house.store.objects.put(plainPut('key', 'body'));
    const { keyring } = house.start.store.keys.newest;
    const other = { ...kit, facts: { versions: [7] } };
    await house.rows.transact(async (transaction) => {
      for (const record of [kit, other]) putRecord(transaction, keyring, record);
    });
    await house.rotate();
    await house.rewrap();
    await cp(keyringFolder(data), `${folder.path}/old-keys`, { recursive: true });
    const oldRoot = await readFile(`${data}.root-key`);
    const older = await house.keyringFiles();
    const { record, notice } = await house.destruction.destroy(1);
    assert.match(notice ?? '', /BACK IT UP NOW/);
    assert.notDeepEqual(await readFile(`${data}.root-key`), oldRoot);
    assert.equal((await house.keyringFiles()).length, 1);
    const facts = JSON.parse(record.text) as DestroyedFacts;
    assert.deepEqual(facts.keyringFilesToRemove, older);
    assert.equal(facts.coverage.references, 0);
    assert.equal(facts.coverage.rowsScanned['version'], 1);
    assert.equal(facts.keeper.renewed, true);
    assert.equal(facts.recoveryKits.length, 1);
    const publicKey = fromBase64Url(facts.publicKey);
    assert.ok(verifyRecord(publicKey, record.text, fromBase64Url(record.signature)));
    assert.equal(await house.destruction.finish(), undefined);
    await assert.rejects(
      house.destruction.destroy(1),
      refused('InvalidArgument', /1 is destroyed already/),
    );
    assert.equal((await readObject(house.store, 'key')).toString(), 'body');
  }
  await using again = await keyringHouse(data);
  assert.equal((await readObject(again.store, 'key')).toString(), 'body');
  const { keyring } = again.start.store.keys.newest;
  assert.deepEqual(
    [...keyring.versions.values()].map(({ state }) => state),
    ['destroyed', 'current'],
  );
  const records = await again.records();
  const kinds = records.map(({ facts }) => facts['record']);
  assert.deepEqual(kinds.slice(2), ['master-key-destroyed', 'master-key-destruction-completed']);
  assert.ok(records.every(({ verified }) => verified));
  assert.equal(await again.destruction.finish(), undefined);
  // Neither what was backed up of the keys nor the root key as it is now brings the version back.
  const keeper = await openFileKeeper(`${data}.root-key`);
  assert.ok(keeper);
  const { storeId } = keeper;
  for (const name of await readdir(`${folder.path}/old-keys`)) {
    const bytes = await readFile(`${folder.path}/old-keys/${name}`);
    const digest = createHash('sha256').update(bytes).digest();
    const reference = { generation: Number(name.split('-')[1]), digest };
    const place = { folder: `${folder.path}/old-keys`, keeper, storeId };
    await assert.rejects(readKeyringFile(place, reference), { kind: 'damaged' });
  }
});

test('so many kits and keyring files do not keep a version from being destroyed', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  await house.rotate();
  const { keyring } = house.start.store.keys.newest;
  const kit = { kind: 'recovery-kit', facts: { versions: [1] } } as const;
  await house.rows.transact(async (transaction) => {
    for (let at = 1; at <= 1_003; at += 1) {
      putRecord(transaction, keyring, { ...kit, madeAt: new Date(at) });
    }
  });
  await house.rewrap();
  const { record } = await house.destruction.destroy(1);
  const facts = JSON.parse(record.text) as DestroyedFacts & { readonly recoveryKitsMore: number };
  assert.deepEqual([facts.recoveryKits.length, facts.recoveryKitsMore], [1_000, 3]);
  const [newest] = facts.recoveryKits as readonly { readonly madeAt: string }[];
  assert.equal(newest?.madeAt, new Date(1_003).toISOString());
});

test('of generations long ago no keyring file stays', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  for (let count = 0; count < olderGenerationsMax + 3; count += 1) {
    await house.changes.change({ next: nextGeneration });
  }
  const generations = (await house.keyringFiles()).map((name) => Number(name.split('-')[1]));
  const { generation } = house.start.store.keys.newest.reference;
  assert.equal(generation, olderGenerationsMax + 4);
  assert.deepEqual([generations.length, generations[0]], [olderGenerationsMax + 1, 4]);
});

test('a root key that was made for a destruction that failed does not stay about', async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  const failing = { isOn: true };
  const full = async (): Promise<never> => {
    throw new Fault('failed', 'the disk is full');
  };
  const keeper = (file: Keeper): Keeper => ({
    description: file.description,
    seal: (...given) => file.seal(...given),
    open: (...given) => file.open(...given),
    settle: async () => file.settle?.(),
    renew: async () => {
      const renewal = await file.renew?.();
      assert.ok(renewal);
      if (!failing.isOn) return renewal;
      return { ...renewal, keeper: { ...keeper(renewal.keeper), seal: full } };
    },
  });
  await using house = await keyringHouse(data, { keeper });
  await house.rotate();
  await house.rewrap();
  await assert.rejects(house.destruction.destroy(1), /disk is full/);
  const beside = async () => (await readdir(folder.path)).filter((name) => name.endsWith('.new'));
  assert.deepEqual(await beside(), []);
  failing.isOn = false;
  await house.destruction.destroy(1);
  assert.deepEqual(await beside(), []);
});

test('where the root key cannot be renewed nothing is destroyed, and the reason is told', async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  await using house = await keyringHouse(data);
  await house.rotate();
  await house.rewrap();
  // A file that happens to have the name, of another store.
  await createFileKeeper(`${data}.root-key.new`);
  await assert.rejects(
    house.destruction.destroy(1),
    refused('InvalidRequest', /Nothing was destroyed: .*another file is beside .*root-key/),
  );
  assert.equal(house.changes.keys.newest.keyring.versions.get(1)?.state, 'retained');
  assert.deepEqual(await house.records(), []);
});

test('a keeper that cannot renew its root of trust: the record says so', async () => {
  await using folder = await temporaryFolder();
  const keeper = (given: Keeper): Keeper => ({
    description: { ...given.description, kind: 'vault' },
    seal: (...sealed) => given.seal(...sealed),
    open: (...opened) => given.open(...opened),
  });
  await using house = await keyringHouse(`${folder.path}/data`, {
    keeper,
  });
  await house.rotate();
  await house.rewrap();
  const { record, notice } = await house.destruction.destroy(1);
  assert.equal(notice, undefined);
  const facts = JSON.parse(record.text) as DestroyedFacts & { readonly statement: string };
  assert.equal(facts.keeper.renewed, false);
  assert.match(facts.statement, /root of trust was not renewed/);
  assert.equal((await house.keyringFiles()).length, 1);
});

test('a keyring of before records were signed gets its key with the next generation', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  await house.rotate();
  const unsigned = (keyring: Keyring): Keyring => ({
    ...nextGeneration(keyring),
    signing: undefined,
  });
  await house.changes.change({ next: unsigned });
  await house.rewrap();
  await house.destruction.destroy(1);
  await house.changes.change({ next: (keyring) => nextGeneration(keyring) });
  const records = await house.records();
  assert.deepEqual(
    records.map(({ verified }) => verified),
    [true, true],
  );
});

test('versions are destroyed one after another, asked for at once too', async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  {
    await using house = await keyringHouse(data);
    for (let version = 1; version < 4; version++) await house.rotate();
    await house.rewrap();
    const asked = [1, 2, 1].map((version) => house.destruction.destroy(version));
    const settled = await Promise.allSettled(asked);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
    assert.equal((await house.keyringFiles()).length, 1);
  }
  await using again = await keyringHouse(data);
  const { versions } = again.start.store.keys.newest.keyring;
  assert.deepEqual(
    [...versions.values()].map(({ state }) => state),
    ['destroyed', 'destroyed', 'retained', 'current'],
  );
});

test('a read and a write that began under a version outlive its destruction', async () => {
  await using folder = await temporaryFolder();
  await using house = await keyringHouse(`${folder.path}/data`);
  const { store } = house;
  await makeBucket(house);
  const large = Buffer.alloc(200_000, 'x');
  await store.objects.put(plainPut('read', large));
  using view = store.view();
  const opened = await store.objects.open(view, { bucket: bucketName, key: 'read' });
  const reading = opened.read()[Symbol.asyncIterator]();
  const first = await reading.next();
  const until = Promise.withResolvers<void>();
  async function* slowly() {
    yield Buffer.from(large);
    await until.promise;
    yield Buffer.from('end');
  }
  const writing = store.objects.put({ ...plainPut('written'), body: slowly() });
  await house.rotate();
  await house.rewrap();
  await house.destruction.destroy(1);
  const rest: Uint8Array[] = [first.value as Uint8Array];
  for (let next = await reading.next(); next.done !== true; next = await reading.next()) {
    rest.push(next.value);
  }
  assert.ok(Buffer.concat(rest).equals(large));
  until.resolve();
  await writing;
  assert.ok((await readObject(store, 'written')).subarray(-3).equals(Buffer.from('end')));
});

test('an upload begun under version 1 completes after 1 was rotated away, re-wrapped and destroyed', async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  const upload = await (async () => {
    await using house = await keyringHouse(data);
    await makeBucket(house);
    const { uploads } = house.store;
    const name = await begin(uploads, plainUpload('key'));
    const one = await uploads.putPart(plainPart(name, 1, Buffer.alloc(partBytes, 'p')));
    await house.rotate();
    await house.rewrap();
    await house.destruction.destroy(1);
    return { name, one };
  })();
  await using house = await keyringHouse(data);
  const { uploads } = house.store;
  const two = await uploads.putPart(plainPart(upload.name, 2, 'tail'));
  await uploads.complete({ ...upload.name, parts: listOf(upload.one, two) });
  const read = await readObject(house.store, 'key');
  assert.equal(read.length, partBytes + 4);
  assert.ok(read.subarray(-4).equals(Buffer.from('tail')));
});
