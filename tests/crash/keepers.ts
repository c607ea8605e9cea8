/**
 * The roots of trust of a store under test, and which of them has it. Before the keyring is moved, both
 * the one that has it and the one that is to have it are noted; after a kill exactly one of them opens
 * the store, and the refusal of the other names it.
 */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseSettings, type Settings } from '../../src/config/settings.ts';
import { openStoreOffline } from '../../src/offline-store.ts';
import type { Place } from './plan.ts';
import type { Random } from './random.ts';

export function settingsOf({ data }: Place, keeper: string): Settings {
  return parseSettings(['--data', data, '--keeper', keeper], {}, '/');
}

/** Another root of trust than the one that has the keyring now; noted before it is asked for. */
export function anotherKeeper(place: Place, now: string, random: Random): string {
  const { first, second, passphrase } = keepersOf(place);
  // A passphrase takes a while to try, by intent.
  const others = [first, first, first, second, second, second, passphrase];
  const next = random.pick(others.filter((keeper) => keeper !== now));
  writeFileSync(`${place.data}.passphrase`, 'correct horse battery staple', { mode: 0o600 });
  appendFileSync(place.keeper, `${next}\n`);
  return next;
}

/** The one that has the keyring now. Those that do not must say who does. */
export async function keeperInForce(place: Place): Promise<string> {
  const candidates = [...new Set(noted(place))];
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined) return only;
  const opened: string[] = [];
  const refusals: string[] = [];
  for (const keeper of candidates) {
    const refusal = await refusalOf(place, keeper);
    if (refusal === undefined) opened.push(keeper);
    else refusals.push(refusal);
  }
  const [found, ...more] = opened;
  assert.ok(
    found !== undefined && more.length === 0,
    `opened by ${opened.join()}: ${refusals.join()}`,
  );
  const unmade = `The root key file`;
  for (const refusal of refusals) {
    assert.ok(
      refusal.includes(found) || refusal.startsWith(unmade),
      `${refusal} names no ${found}`,
    );
  }
  writeFileSync(place.keeper, `${found}\n`);
  return found;
}

/** Why it does not open the store; undefined where it does. */
async function refusalOf(place: Place, keeper: string): Promise<string | undefined> {
  const opening = openStoreOffline(settingsOf(place, keeper));
  const store = await opening.then(undefined, (error: unknown) => (error as Error).message);
  if (typeof store === 'string') return store;
  await using open = store;
  await open.keysStatus();
  return undefined;
}

function noted(place: Place): readonly string[] {
  if (!existsSync(place.keeper)) writeFileSync(place.keeper, `${keepersOf(place).first}\n`);
  return readFileSync(place.keeper, 'utf8').trimEnd().split('\n');
}

const keepersOf = ({ data }: Place) => ({
  first: `file:${data}.root-key`,
  second: `file:${data}.second.root-key`,
  passphrase: `passphrase:${data}.passphrase`,
});
