/** How far an operation had come when its server was killed, as the folder says without one. */
import { readdirSync } from 'node:fs';
import type { KeysStatus } from '../../src/admin/contract.ts';
import { openStoreOffline } from '../../src/offline-store.ts';
import { keyringsOf } from './house.ts';
import { keeperInForce, settingsOf } from './keepers.ts';
import type { Operation, Place } from './plan.ts';

export interface Before {
  readonly status: KeysStatus;
  readonly keeper: string;
  /** Whether the operation had been answered when it was killed. */
  readonly answered: boolean;
}

export async function leftBehind(
  place: Place,
  operation: Operation,
  { status, keeper, answered }: Before,
): Promise<string> {
  const now = await keeperInForce(place);
  await using store = await openStoreOffline(settingsOf(place, now));
  const { versions } = await store.keysStatus();
  const count = (state: string, of = versions): number =>
    of.filter((version) => version.state === state).length;
  if (operation === 'rotate') {
    if (versions.length === status.versions.length) return 'nothing of it';
    return count('prepared') > 0 ? 'a version prepared' : 'rotated';
  }
  if (operation === 'rewrap') {
    const old = oldRows(versions);
    if (old === 0) return 'all rows moved';
    return old < oldRows(status.versions) ? 'some rows moved' : 'no row moved';
  }
  if (operation === 'destroy') {
    if (count('destroyed') === count('destroyed', status.versions)) return 'nothing of it';
    const files = readdirSync(keyringsOf(place.data)).length;
    return files > 1 ? 'destroyed, older files there' : 'destroyed, older files removed';
  }
  if (operation === 'reseal') return now === keeper ? 'nothing of it' : 'moved';
  return answered ? 'answered' : 'not answered';
}

function oldRows(versions: KeysStatus['versions']): number {
  const retained = versions.filter(({ state }) => state === 'retained');
  return retained.reduce((sum, { references }) => sum + references.rows, 0);
}
