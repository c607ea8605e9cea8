/**
 * The process that is killed: it opens the store as a server does, writes, changes keys, and kills
 * itself at the moment that its plan (the first argument, as JSON) names. An end of its own accord
 * with 0 means that the operation has fewer steps than the plan wants.
 */
import { openSync, writeSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import { destroyVersion } from '../../src/keys/keyring.ts';
import { keyringPath } from '../../src/keys/keyring-file.ts';
import { crashHouse, keyringsOf, type CrashHouse } from './house.ts';
import { houseClient } from './house-client.ts';
import { anotherKeeper } from './keepers.ts';
import { killer } from './killer.ts';
import { Ledger } from './ledger.ts';
import type { Operation, Plan } from './plan.ts';
import { Random } from './random.ts';
import { watchFiles, watchStart } from './steps.ts';
import { makeBuckets, Writer } from './writing.ts';

// A process that is killed would not leave it to the next.
flushCompileCache();
const plan = JSON.parse(process.argv[2] ?? '') as Plan;
const random = new Random(plan.seed);
const file = openSync(plan.place.steps, 'w');
let operation: Operation | undefined;
let steps = 0;

/** Said before it is taken: what was said last is what the kill cut off. */
function step(name: string): void {
  if (operation === undefined) return;
  writeSync(file, `${operation}\t${name}\n`);
  steps += 1;
  if ('step' in plan.kill && steps === plan.kill.step) process.kill(process.pid, 'SIGKILL');
}

const arm = 'afterUs' in plan.kill ? await killer(plan.kill.afterUs) : () => undefined;

function begin(next: Operation): void {
  operation = next;
  step('begins');
  arm();
}

await watchFiles(step);
if (plan.operation === 'start') begin('start');
const house = await crashHouse(plan.place, (start) => watchStart(start, step));
await house.finish();
const ledger = new Ledger(plan.place.ledger);
const client = houseClient(house);
const early = plan.planted === 'acknowledges early';
const writerOf = (name: string): Writer => new Writer({ client, ledger, random, name, early });
if (plan.operation !== 'start') await work();
await house[Symbol.asyncDispose]();

async function work(): Promise<void> {
  await makeBuckets(client);
  await writerOf('w0').write(12);
  const doomed = await prepare();
  const stop = new AbortController();
  const writers = Array.from({ length: plan.writers }, (_, index) =>
    writerOf(`w${index + 1}`).write(Infinity, stop.signal),
  );
  begin(plan.operation);
  await perform(plan.operation, doomed);
  if ('step' in plan.kill && plan.planted === undefined) stop.abort();
  else await goOn();
  await Promise.all(writers);
}

/** What must be so for the operation to have something to do. */
async function prepare(): Promise<readonly string[]> {
  const blind = plan.planted === 'destroys blindly';
  if (plan.operation === 'rewrap' || blind) await house.rotate();
  else if (plan.operation === 'destroy') {
    // All that killed processes left retained, so that one version is left to be destroyed.
    await house.rewrap();
    await house.destroyRetained();
    await house.rotate();
    await house.rewrap();
  }
  if (plan.operation !== 'shred') return [];
  const left = [...ledger.known.keys()].filter((place) => place.startsWith('doomed-'));
  const names = new Set(left.map((place) => place.split('/')[0] ?? ''));
  return [...names, await writerOf('w0').fillDoomed()];
}

async function perform(what: Operation, doomed: readonly string[]): Promise<void> {
  operation = what;
  if (what === 'rotate') await house.rotate();
  else if (what === 'rewrap') await house.rewrap();
  else if (what === 'destroy') await destroy(house);
  else if (what === 'reseal') await house.reseal(anotherKeeper(plan.place, house.keeper, random));
  else if (what === 'write') await writerOf('w0').write(40);
  else {
    for (const bucket of doomed) {
      await ledger.change({ sets: {}, bucket }, () => house.shred(bucket));
    }
  }
}

/** The kill is still to come: one thing after another until it does. */
async function goOn(): Promise<never> {
  for (;;) {
    await perform('write', []);
    await perform('rotate', []);
    if (plan.planted === undefined) await perform('rewrap', []);
    await perform('destroy', []);
    await perform('reseal', []);
    await perform('shred', [await writerOf('w0').fillDoomed()]);
  }
}

async function destroy(house: CrashHouse): Promise<void> {
  const { changes } = house.keys;
  if (plan.planted === 'destroys blindly') {
    const { current } = house;
    await changes.change({ next: (keyring) => destroyVersion(keyring, current - 1) });
  } else if (plan.planted === 'forgets the keyring file') {
    await unlink(keyringPath(keyringsOf(plan.place.data), changes.keys.newest.reference));
  } else await house.destroyRetained();
}
