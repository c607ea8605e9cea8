/**
 * A rotation that is killed at any of its steps, on a real folder: the next start opens everything,
 * finds one version current, and either ends the rotation by itself or finds that nothing happened.
 */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Between, keyringHouse, type KeyringHouse } from '../../tests/keyring-house.ts';
import { recordedLog } from '../../tests/rotation-fixture.ts';
import { temporaryFolder } from '../../tests/temporary-folder.ts';
import { systemClock as clock } from '../base/time.ts';
import type { Keeper } from '../keys/keeper.ts';
import type { MasterKeyState } from '../keys/keyring.ts';
import { accountRow } from '../rows/account-row.ts';
import type { Rows } from '../rows/rows.ts';
import { Presence } from './presence.ts';
import { Rotations, rotateKeys } from './rotate-keys.ts';

class Killed extends Error {}

/** Throws at the `at`-th call, as if the process had ended there. */
function killer(at: number): () => void {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls === at) throw new Killed();
  };
}

const keeperOf = (keeper: Keeper, seal: () => void, read: () => void): Keeper => ({
  description: keeper.description,
  seal: async (...sealed) => {
    seal();
    return keeper.seal(...sealed);
  },
  open: async (...sealed) => {
    read();
    return keeper.open(...sealed);
  },
});

/** Rows whose change of the keyring dies before or after its commit. */
function rowsOf(rows: Rows, step: (change: () => Promise<unknown>) => Promise<unknown>): Rows {
  return new Proxy(rows, {
    get: (target, name) => {
      if (name === 'changeKeyring') {
        return (...args: Parameters<Rows['changeKeyring']>) =>
          step(() => target.changeKeyring(...args));
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

const never = (): void => undefined;

/** Each step of a change, by what the process still did, and whether it was committed then. */
const steps: readonly (readonly [string, (change: number) => Between, boolean])[] = [
  [
    'before the file',
    (change) => ({ keeper: (keeper) => keeperOf(keeper, killer(change), never) }),
    false,
  ],
  [
    'file written, before it was read back',
    (change) => ({ keeper: (keeper) => keeperOf(keeper, never, killer(change)) }),
    false,
  ],
  [
    'file durable, before the row',
    (change) => {
      const kill = killer(change);
      return {
        rows: (rows) =>
          rowsOf(rows, async (go) => {
            kill();
            return go();
          }),
      };
    },
    false,
  ],
  [
    'row committed, before the process knew',
    (change) => {
      const kill = killer(change);
      return {
        rows: (rows) =>
          rowsOf(rows, async (go) => {
            const changed = await go();
            kill();
            return changed;
          }),
      };
    },
    true,
  ],
  ['before it was handed on', (change) => ({ hand: killer(change) }), true],
];

const rotationsOf = ({ changes, rows }: KeyringHouse) => {
  const { log, lines } = recordedLog();
  const { signal } = new AbortController();
  const rotations = new Rotations({ changes, rows, clock, signal, log, rotated: never });
  const policy = { everyMs: 2 ** 40, afterWraps: 2 ** 40 };
  const job = rotateKeys({ rotations, policy, monotonicMs: () => performance.now() });
  return { rotations, job, lines, presence: new Presence(rows, log) };
};

async function assertOpens({ rows, start }: KeyringHouse): Promise<readonly MasterKeyState[]> {
  using view = rows.view();
  assert.ok(await start.store.accounts.named(view, 'default'));
  const { keyring } = start.store.keys.newest;
  const states = [...keyring.versions.values()].map(({ state }) => state);
  assert.equal(states.filter((state) => state === 'current').length, 1);
  return states;
}

for (const [name, between, committed] of steps) {
  for (const change of [1, 2]) {
    test(`killed in change ${change} of 2, ${name}: the next start ends it or finds it unchanged`, async () => {
      await using place = await temporaryFolder();
      const data = `${place.path}/data`;
      {
        await using house = await keyringHouse(data, between(change));
        await house.rows.announce();
        await assert.rejects(rotationsOf(house).rotations.rotate(1, 'asked'), Killed);
      }
      await using house = await keyringHouse(data);
      const states = await assertOpens(house);
      const after = [['current'], ['current', 'prepared'], ['retained', 'current']];
      assert.deepEqual(states, after[committed ? change : change - 1]);
      const { rotations, job, lines, presence } = rotationsOf(house);
      await presence.begin();
      // Without it, who was killed would be waited for as long as its lease lasts.
      assert.equal(await presence.clearOthers(), 1);
      await job.run();
      const whys = lines().map(({ why }) => why);
      assert.deepEqual(whys, states.includes('prepared') ? ['unfinished'] : []);
      await rotations.rotate(1, 'asked');
      assert.deepEqual(await assertOpens(house), ['retained', 'current']);
      const account = { createdAt: clock(), canonicalId: 'c'.repeat(64), users: 0, accessKeys: [] };
      await house.rows.transact(async (transaction) => {
        await transaction.create(accountRow, '111122223333', { name: 'after', ...account });
      });
      await presence.end();
    });
  }
}

test('half a file of the next generation is in nobody’s way', async () => {
  await using place = await temporaryFolder();
  const data = `${place.path}/data`;
  await (await keyringHouse(data))[Symbol.asyncDispose]();
  const folder = join(data, 'keys');
  const [first = ''] = await readdir(folder);
  const bytes = await readFile(join(folder, first));
  await writeFile(join(folder, 'keyring-2-0123456789abcdef'), bytes.subarray(0, 40));
  await using house = await keyringHouse(data);
  const { rotations, presence } = rotationsOf(house);
  await presence.begin();
  await presence.clearOthers();
  assert.deepEqual(await rotations.rotate(1, 'asked'), { current: 2, made: true });
  await presence.end();
});
