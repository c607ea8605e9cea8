/** Many that change the keyring of one store at once: each change is made once, and nobody is lost. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { changer, keyringFolder, type Changer } from '../../tests/rotation-fixture.ts';
import { temporaryFolder } from '../../tests/temporary-folder.ts';
import { Fault } from '../base/refusal.ts';
import { openLmdbMetadata } from '../engines/lmdb/metadata.ts';
import { openMemoryMetadata } from '../engines/memory/metadata.ts';
import type { Metadata } from '../engines/metadata.ts';
import { addVersion } from '../keys/keyring.ts';
import { processLeaseMs, processRow } from '../rows/process-row.ts';

const clock = (): Date => new Date(1_795_000_000_000);

const engines: Readonly<Record<string, (path: string) => Promise<Metadata>>> = {
  memory: async () => openMemoryMetadata(),
  lmdb: (path) =>
    openLmdbMetadata({
      path: `${path}/metadata`,
      onFailure: (fault) => {
        throw fault;
      },
    }),
};

const statesOf = ({ keys }: Changer): string[] =>
  [...keys.newest.keyring.versions.values()].map(({ state }) => state);

for (const [name, open] of Object.entries(engines)) {
  test(`${name}: whoever rotates away from one version at once, it is rotated once`, async () => {
    await using place = await temporaryFolder();
    const metadata = await open(place.path);
    const keyring = await keyringFolder(place.path, clock());
    const all: Changer[] = [];
    for (let count = 0; count < 4; count += 1) {
      all.push(await changer({ ...keyring, metadata, clock }));
    }
    for (const from of [1, 2, 3]) {
      const done = await Promise.all(all.map(({ rotations }) => rotations.rotate(from, 'asked')));
      assert.deepEqual(new Set(done.map(({ current }) => current)), new Set([from + 1]));
      assert.equal(done.filter(({ made }) => made).length, 1);
      // Of each rotation two files are left: prepared, and current.
      assert.equal((await readdir(keyring.folder)).length, 1 + from * 2);
    }
    for (const one of all) {
      assert.deepEqual(statesOf(one), ['retained', 'retained', 'retained', 'current']);
      assert.equal(one.keys.newest.reference.generation, 7);
    }
    await Promise.all(all.map(({ presence }) => presence.end()));
    await metadata.close();
  });
}

test('a process that slept through rotations takes what is in force and changes nothing', async () => {
  await using place = await temporaryFolder();
  const metadata = openMemoryMetadata();
  const keyring = await keyringFolder(place.path, clock());
  const asleep = await changer({ ...keyring, metadata, clock });
  // Its lease has ended by the clock of the other.
  const later = (): Date => new Date(clock().getTime() + processLeaseMs + 1);
  const awake = await changer({ ...keyring, metadata, clock: later });
  for (const from of [1, 2]) await awake.rotations.rotate(from, 'asked');
  const late = await asleep.rotations.rotate(1, 'asked');
  assert.deepEqual(late, { current: 3, made: false });
  assert.deepEqual(statesOf(asleep), ['retained', 'retained', 'current']);
  await asleep.rows.transact(async (transaction) => {
    assert.ok(await transaction.get(processRow, awake.rows.processId));
  });
});

test('a version becomes current only when every process that lives holds it', async () => {
  await using place = await temporaryFolder();
  const metadata = openMemoryMetadata();
  const keyring = await keyringFolder(place.path, clock());
  const slow = await changer({ ...keyring, metadata, clock });
  const fast = await changer({ ...keyring, metadata, clock });
  const rotated = fast.rotations.rotate(1, 'asked');
  while (statesOf(fast)[1] !== 'prepared') await new Promise(setImmediate);
  const outcome = await Promise.race([rotated, new Promise((done) => setTimeout(done, 120))]);
  assert.equal(outcome, undefined, 'it waits');
  slow.keys.take(fast.keys.newest);
  await slow.rows.announce();
  assert.deepEqual(await rotated, { current: 2, made: true });
});

test('a change that is declined, or whose keeper is down, leaves no file and changes nothing', async () => {
  await using place = await temporaryFolder();
  const metadata = openMemoryMetadata();
  const keyring = await keyringFolder(place.path, clock());
  const one = await changer({ ...keyring, metadata, clock });
  const next = () => addVersion(one.keys.newest.keyring, clock());
  assert.equal(await one.changes.change({ next, with: async () => false }), 'declined');
  const keeper = {
    description: keyring.keeper.description,
    seal: async () => assert.fail('down'),
    open: async () => assert.fail('down'),
  };
  await assert.rejects(one.changes.change({ next, keeper }), /down/);
  const busy = async (): Promise<boolean> => {
    throw new Fault('busy', 'too much to do');
  };
  await assert.rejects(one.changes.change({ next, with: busy }), Fault);
  assert.equal((await readdir(keyring.folder)).length, 1);
  assert.deepEqual(statesOf(one), ['current']);
  // The turn after a failed one is taken.
  assert.equal(await one.changes.change({ next }), 'done');
});
