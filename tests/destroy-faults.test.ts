/** A destruction that is cut off at any step is undone or finished by the next start. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { Fault, type FaultKind } from '../src/base/refusal.ts';
import type { Keeper } from '../src/keys/keeper.ts';
import type { Rows } from '../src/rows/rows.ts';
import { type Between, keyringHouse } from './keyring-house.ts';
import { bucketName, plainPut, readObject } from './store-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

const killed = (kind: FaultKind = 'failed'): never => {
  throw new Fault(kind, 'killed here');
};

/** The keeper, but what `change` says is done to its renewal. */
function renewing(
  keeper: Keeper,
  change: (renewal: Awaited<ReturnType<NonNullable<Keeper['renew']>>>) => object,
): Keeper {
  return {
    description: keeper.description,
    seal: (...given) => keeper.seal(...given),
    open: (...given) => keeper.open(...given),
    renew: async () => {
      const renewal = await keeper.renew?.();
      assert.ok(renewal);
      return { ...renewal, ...change(renewal) };
    },
    settle: async () => keeper.settle?.(),
  };
}

function rowsThat(rows: Rows, changes: Partial<Rows>): Rows {
  const all: Pick<Rows, keyof Rows> = {
    storeId: rows.storeId,
    processId: rows.processId,
    view: () => rows.view(),
    within: (decided) => rows.within(decided),
    transact: (fn) => rows.transact(fn),
    initialise: (region, fn) => rows.initialise(region, fn),
    announce: () => rows.announce(),
    changeKeyring: (to, fn) => rows.changeKeyring(to, fn),
  };
  return { ...rows, ...all, ...changes };
}

interface Cut {
  readonly name: string;
  readonly between: (armed: () => boolean) => Between;
  /** Whether the version is gone after it. */
  readonly destroyed: boolean;
}

const cuts: readonly Cut[] = [
  {
    name: 'the new root key is beside the old one',
    destroyed: false,
    between: (armed) => ({
      keeper: (keeper) => renewing(keeper, () => (armed() ? killed() : {})),
    }),
  },
  {
    name: 'the new root key does not seal',
    destroyed: false,
    between: (armed) => ({
      keeper: (keeper) =>
        renewing(keeper, (renewal) =>
          armed() ? { keeper: { ...renewal.keeper, seal: async () => killed() } } : {},
        ),
    }),
  },
  {
    name: 'the keyring file is written and no row names it',
    destroyed: false,
    between: (armed) => ({
      rows: (rows) =>
        rowsThat(rows, {
          changeKeyring: async (to, fn) => (armed() ? killed() : rows.changeKeyring(to, fn)),
        }),
    }),
  },
  {
    name: 'the keyring is in force and nobody was told',
    destroyed: true,
    between: (armed) => ({
      rows: (rows) =>
        rowsThat(rows, {
          changeKeyring: async (to, fn) => {
            const outcome = await rows.changeKeyring(to, fn);
            // Who is killed here never learns how it ended.
            return armed() ? killed('unknown') : outcome;
          },
        }),
    }),
  },
  {
    name: 'the new root key is not in its place',
    destroyed: true,
    between: (armed) => ({
      keeper: (keeper) => renewing(keeper, () => (armed() ? { place: async () => killed() } : {})),
    }),
  },
  {
    name: 'the new root key is in its place and the older files are there',
    destroyed: true,
    between: (armed) => ({
      keeper: (keeper) =>
        renewing(keeper, (renewal) =>
          armed()
            ? {
                place: async () => {
                  await renewal.place();
                  return killed();
                },
              }
            : {},
        ),
    }),
  },
  {
    name: 'the older files are gone and no record says so',
    destroyed: true,
    between: (armed) => ({
      rows: (rows) =>
        rowsThat(rows, { transact: async (fn) => (armed() ? killed() : rows.transact(fn)) }),
    }),
  },
];

for (const { name, between, destroyed } of cuts) {
  test(`cut off when ${name}`, async () => {
    await using folder = await temporaryFolder();
    const data = `${folder.path}/data`;
    {
      let armed = false;
      await using house = await keyringHouse(
        data,
        between(() => armed),
      );
      await house.store.buckets.create({
        name: bucketName,
        account: '111122223333',
        region: 'us-east-1',
        mode: 'modern',
      });
      await house.store.objects.put(plainPut('key', 'body'));
      await house.rotate();
      await house.rewrap();
      armed = true;
      await assert.rejects(house.destruction.destroy(1));
    }
    {
      await using house = await keyringHouse(data);
      assert.equal((await readObject(house.store, 'key')).toString(), 'body');
      const { versions } = house.start.store.keys.newest.keyring;
      assert.equal(versions.get(1)?.state, destroyed ? 'destroyed' : 'retained');
      const finished = await house.destruction.finish();
      assert.deepEqual(finished?.versions, destroyed ? [1] : undefined);
      if (!destroyed) await house.destruction.destroy(1);
      assert.equal((await house.keyringFiles()).length, 1);
      assert.deepEqual(
        (await readdir(folder.path)).filter((file) => file.endsWith('.new')),
        [],
      );
      assert.deepEqual(
        (await house.records()).map(({ facts }) => facts['record']),
        ['master-key-destroyed', 'master-key-destruction-completed'],
      );
      assert.equal(await house.destruction.finish(), undefined);
    }
    await using again = await keyringHouse(data);
    assert.equal((await readObject(again.store, 'key')).toString(), 'body');
    assert.equal(again.start.store.keys.newest.keyring.versions.get(1)?.state, 'destroyed');
    assert.equal(again.start.warning, undefined);
  });
}
