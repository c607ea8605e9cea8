/** `coffer keys restore` killed at random moments: the next one goes through, or nothing is left to do. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from '../../src/base/start-error.ts';
import { keyringHouse } from '../keyring-house.ts';
import { readObject } from '../store-fixture.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type KitFiles, kits, settingsOf, splitKit, threeVersions } from './kit-house.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const rounds = Number(process.env['RESTORE_KILLS'] ?? 6);

test('a restore that is killed leaves the store as it was, or restored', async () => {
  await using folder = await temporaryFolder();
  const lost = `${folder.path}/lost`;
  await threeVersions(lost);
  const kit = await kitOf(lost, `${folder.path}/kit`);
  await rm(`${lost}.root-key`);
  await rm(`${lost}/keys`, { recursive: true });
  const data = `${folder.path}/data`;
  const wholeMs = await timed(async () => {
    await cp(lost, data, { recursive: true });
    await run(data, kit, undefined);
  });
  for (let round = 0; round < rounds; round += 1) {
    await rm(data, { recursive: true });
    await rm(`${data}.root-key`, { force: true });
    await cp(lost, data, { recursive: true });
    // Loading the program takes most of the time, and is no place of interest.
    await run(data, kit, wholeMs * (0.5 + (0.5 * (round + Math.random())) / rounds));
    await restoreIfLost(data, kit);
    await using house = await keyringHouse(data);
    for (const [key, body] of Object.entries({ one: 'body 1', two: 'body 2', three: 'body 3' })) {
      assert.equal((await readObject(house.store, key)).toString(), body);
    }
    assert.equal(house.changes.keys.newest.keyring.current, 3);
    const restored = (await house.records()).filter(
      ({ facts }) => facts['record'] === 'keyring-restored',
    );
    assert.equal(restored.length, 1);
  }
});

async function kitOf(data: string, path: string): Promise<KitFiles> {
  await using house = await keyringHouse(data);
  return await splitKit(house, path);
}

async function restoreIfLost(data: string, kit: KitFiles): Promise<void> {
  const done = await kits.beginRestore(settingsOf(data), kit).catch((error: unknown) => {
    if (error instanceof StartError && error.message.startsWith('Nothing is lost'))
      return undefined;
    throw error;
  });
  await using restoring = done;
  await restoring?.restore();
}

/** Runs the command; kills it after `killAfterMs`. */
async function run(data: string, kit: KitFiles, killAfterMs: number | undefined): Promise<void> {
  const shares = kit.shares.flatMap((path) => ['--share', path]);
  const args = ['keys', 'restore', kit.kit, ...shares, '--yes', '--data', data];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    stdio: 'ignore',
    env: {},
  });
  const ended = once(child, 'exit');
  if (killAfterMs !== undefined) {
    await Promise.race([ended, pause(killAfterMs)]);
    child.kill('SIGKILL');
  }
  const [code] = (await ended) as [number | null];
  if (killAfterMs === undefined) assert.equal(code, 0);
}

async function timed(action: () => Promise<void>): Promise<number> {
  const beganMs = performance.now();
  await action();
  return performance.now() - beganMs;
}
