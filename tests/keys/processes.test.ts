/**
 * Several processes on one store that rotate at the same moment: it is rotated once, and all of them
 * go on with the same keys, one that is killed in the middle notwithstanding.
 */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLmdbMetadata } from '../../src/engines/lmdb/metadata.ts';
import type { Rotated } from '../../src/jobs/rotate.ts';
import { changer, keyringFolder } from '../rotation-fixture.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const script = join(import.meta.dirname, 'rotate-process.ts');
const now = (): Date => new Date();

async function makeStore(place: string) {
  const keyring = await keyringFolder(place, now());
  const onFailure = (fault: Error): never => {
    throw fault;
  };
  const metadata = await openLmdbMetadata({ path: `${place}/metadata`, onFailure });
  return { ...keyring, metadata, own: await changer({ ...keyring, metadata, clock: now }) };
}

async function processOn(place: string): Promise<ChildProcess> {
  const child = fork(script, [place], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  await once(child, 'message');
  return child;
}

async function rotated(child: ChildProcess, from: number): Promise<Rotated> {
  const answer = once(child, 'message');
  child.send(from);
  return ((await answer) as [Rotated])[0];
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

test('three processes that rotate at once rotate once, again and again', async () => {
  await using place = await temporaryFolder();
  const { metadata, folder, own } = await makeStore(place.path);
  const children = await Promise.all([1, 2].map(() => processOn(place.path)));
  for (const from of [1, 2, 3, 4, 5]) {
    const done = await Promise.all([
      own.rotations.rotate(from, 'asked'),
      ...children.map((child) => rotated(child, from)),
    ]);
    assert.deepEqual(new Set(done.map(({ current }) => current)), new Set([from + 1]));
    assert.equal(done.filter(({ made }) => made).length, 1, `from ${from}`);
  }
  const states = [...own.keys.newest.keyring.versions.values()].map(({ state }) => state);
  assert.deepEqual(states, [...Array.from({ length: 5 }, () => 'retained'), 'current']);
  assert.equal((await readdir(folder)).length, 11);
  await Promise.all(children.map(end));
  await own.presence.end();
  await metadata.close();
});

test('a process killed in the middle of a rotation is not waited for once it is known to be gone', async () => {
  await using place = await temporaryFolder();
  const { metadata, own } = await makeStore(place.path);
  for (const from of [1, 2, 3]) {
    const child = await processOn(place.path);
    child.send(from);
    await new Promise((done) => setTimeout(done, from * 8));
    await end(child);
    const done = own.rotations.rotate(from, 'asked');
    assert.equal(await own.presence.clearOthers(), 1);
    assert.equal((await done).current, from + 1);
  }
  await own.presence.end();
  await metadata.close();
});
