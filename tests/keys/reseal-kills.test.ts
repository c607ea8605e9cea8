/**
 * Every point at which a reseal can be cut off: the next start opens the store with exactly one of
 * the two roots of trust, and tells whoever names the other which one that is.
 */
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { keeper as parseKeeper, keeperText } from '../../src/config/keeper-setting.ts';
import { parseSettings } from '../../src/config/settings.ts';
import { type KeeperHow, makeKeeper } from '../../src/keepers.ts';
import { writeKeyringFile } from '../../src/keys/keyring-file.ts';
import { nextGeneration } from '../../src/keys/keyring.ts';
import { openedKeys } from '../../src/keys/keys-in-force.ts';
import { keyringFolder, type Start, startStore } from '../../src/open-store.ts';
import { openDataFolder } from '../../src/process/data-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** The steps of a reseal, in their order. */
const steps = ['made', 'written', 'in force', 'opened once'] as const;
type Step = (typeof steps)[number];

interface House extends AsyncDisposable {
  readonly data: string;
  readonly file: string;
  readonly passphrase: string;
  readonly otherFile: string;
  /** Starts and ends a store; `action` may do something to it meanwhile. */
  visit<T>(keeper: string, action: (start: Start) => Promise<T>): Promise<T>;
}

async function house(): Promise<House> {
  const folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const pass = join(folder.path, 'pass');
  await writeFile(pass, 'orbit lantern velvet quarry', { mode: 0o600 });
  return {
    data,
    file: `file:${folder.path}/a.root-key`,
    passphrase: `passphrase:${pass}`,
    otherFile: `file:${folder.path}/b.root-key`,
    visit: async (keeper, action) => {
      using place = await openDataFolder({ path: data, keeperGiven: true });
      const start = await startStore({
        data: place.path,
        keeper: parseKeeper(keeper, { cwd: '/' }),
        how,
        region: 'us-east-1',
        given: undefined,
        onFailure: () => undefined,
      });
      try {
        return await action(start);
      } finally {
        await start.store.close();
      }
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const how: KeeperHow = {
  secrets: parseSettings([], {}, '/').keeperSecrets,
  askSecret: undefined,
};

/** What a reseal does up to `last`, then nothing more: as where it is killed. */
async function cutOff(at: House, from: string, to: string, last: Step): Promise<void> {
  const goes = (step: Step): boolean => steps.indexOf(step) <= steps.indexOf(last);
  await at.visit(from, async ({ store }) => {
    const { rows, keys } = store;
    const { keeper } = await makeKeeper(parseKeeper(to, { cwd: '/' }), how, rows.storeId);
    if (!goes('written')) return;
    const next = nextGeneration(keys.newest.keyring);
    const reference = await writeKeyringFile(keyringFolder(at.data), next, keeper);
    if (goes('in force')) {
      assert.equal(await rows.changeKeyring(openedKeys(next, reference)), 'changed');
    }
  });
  if (goes('opened once')) await at.visit(to, async () => undefined);
}

const accounts = ({ store }: Start): Promise<number> => {
  using view = store.rows.view();
  return store.accounts.list(view).then((all) => all.length);
};

for (const step of steps) {
  test(`cut off when it is ${step}: one of the two opens the store, in every direction`, async () => {
    await using at = await house();
    const pairs = [
      [at.file, at.passphrase],
      [at.passphrase, at.otherFile],
      [at.otherFile, at.file],
    ] as const;
    await at.visit(at.file, accounts);
    for (const [from, to] of pairs) {
      await cutOff(at, from, to, step);
      const moved = step === 'in force' || step === 'opened once';
      const [opens, refused] = moved ? [to, from] : [from, to];
      const older = await readdir(keyringFolder(at.data));
      await assert.rejects(at.visit(refused, accounts), (error: Error) => {
        assert.ok(error.message.includes(`sealed by ${opens}`), error.message);
        assert.match(error.message, /--keeper/);
        return true;
      });
      assert.deepEqual(
        await readdir(keyringFolder(at.data)),
        older,
        'a refused start changes nothing',
      );
      assert.equal(await at.visit(opens, accounts), 1);
      const left = await readdir(keyringFolder(at.data));
      if (moved) assert.equal(left.length, 1, 'what the old root of trust sealed is gone');
      // Once more, to its end: what was cut off is in nobody's way.
      if (!moved) await cutOff(at, from, to, 'opened once');
      assert.equal(await at.visit(to, accounts), 1);
      assert.equal(keeperText(parseKeeper(to, { cwd: '/' })), to);
    }
  });
}
