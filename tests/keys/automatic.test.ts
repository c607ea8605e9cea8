/**
 * The rotation that nobody asks for, in the real server: a version of age, a version that a kill left
 * prepared; and a worker that stands still, which a rotation waits for.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openAdminClient } from '../../src/admin/client.ts';
import { activatePrepared, addVersion } from '../../src/keys/keyring.ts';
import { keyringHouse } from '../keyring-house.ts';
import { startServer, type RunningServer } from '../server.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const dayMs = 24 * 60 * 60_000;

const adminOf = ({ data }: RunningServer) =>
  openAdminClient({ kind: 'socket', data, path: join(data, 'admin.sock') });

async function statesOf(server: RunningServer): Promise<readonly string[]> {
  const { versions } = await adminOf(server).call('GetKeysStatus', {});
  return versions.map(({ state }) => state);
}

async function until(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await pause(50);
}

for (const workers of ['1', '2']) {
  test(`--workers ${workers}: a version of age is rotated soon after the start, and says so`, async () => {
    await using place = await temporaryFolder();
    const data = `${place.path}/data`;
    {
      await using house = await keyringHouse(data);
      const made = new Date(Date.now() - 8 * dayMs);
      await house.changes.change({ next: (keyring) => addVersion(keyring, made) });
      await house.changes.change({ next: activatePrepared });
    }
    const flags = ['--workers', workers, '--rotate-every', '1w', '--log-level', 'info'];
    const server = await startServer({ data, flags });
    const { nextRotation } = await adminOf(server).call('GetKeysStatus', {});
    assert.ok(nextRotation !== null && new Date(nextRotation) < new Date(), 'it is due');
    await until(async () => (await statesOf(server)).length === 3);
    await until(async () => (await statesOf(server))[2] === 'current');
    const status = await adminOf(server).call('GetKeysStatus', {});
    const inDays = (Date.parse(status.nextRotation ?? '') - Date.now()) / dayMs;
    assert.ok(inDays > 6.9 && inDays <= 7, `${inDays}`);
    assert.equal(await server.end(), 0);
    assert.match(server.output(), /the master key was rotated from=2 to=3 why=age/);
  });
}

test('a version that was left prepared becomes current soon after the start', async () => {
  await using place = await temporaryFolder();
  const data = `${place.path}/data`;
  {
    await using house = await keyringHouse(data);
    await house.changes.change({ next: (keyring) => addVersion(keyring, new Date()) });
  }
  const server = await startServer({ data, flags: ['--log-level', 'info'] });
  await until(async () => (await statesOf(server)).join() === 'retained,current');
  assert.equal(await server.end(), 0);
  assert.match(server.output(), /the master key was rotated from=1 to=2 why=unfinished/);
});

test('a worker that stands still is waited for, and loses nothing', async () => {
  await using server = await startServer({ flags: ['--workers', '2'] });
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
  const worker = Number(children.split(' ')[0]);
  process.kill(worker, 'SIGSTOP');
  const rotated = adminOf(server).call('RotateKeys', { body: {} });
  const first = await Promise.race([rotated, pause(400, 'waits')]);
  assert.equal(first, 'waits');
  assert.deepEqual(await statesOf(server), ['current', 'prepared']);
  process.kill(worker, 'SIGCONT');
  assert.deepEqual(await rotated, { previous: 1, current: 2 });
});
