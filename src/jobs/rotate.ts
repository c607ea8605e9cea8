/**
 * Rotation of the master key: a new version is prepared, every live process loads it, then it becomes
 * current and the one before it retained. Two changes of the keyring, each a compare-and-set: any
 * number of processes that rotate at once away from one version rotate once, and whoever finds a
 * version prepared goes on from there, be it after a kill.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../base/refusal.ts';
import type { Clock } from '../base/time.ts';
import { activatePrepared, addVersion, preparedVersion } from '../keys/keyring.ts';
import { allHold } from '../rows/process-rows.ts';
import type { Rows } from '../rows/rows.ts';
import type { KeyringChanges } from './keyring-changes.ts';

export interface Rotation {
  readonly changes: KeyringChanges;
  readonly rows: Rows;
  readonly clock: Clock;
  /** Aborted when the process is to end: a rotation that waits gives up, and the next start ends it. */
  readonly signal: AbortSignal;
}

export interface Rotated {
  /** The version that is current now. */
  readonly current: number;
  /** Whether this call made it so, and not another meanwhile. */
  readonly made: boolean;
}

const pollMs = 50;
/** Longer than a lease: a process that holds on to an older keyring is dead by then. */
const waitMsMax = 6 * 60_000;

/**
 * Rotates away from version `from`. Where another has rotated since, nothing is done. A keeper that
 * is down is its `Fault`: nothing was changed, or a version stays prepared for the next time.
 */
export async function rotate(rotation: Rotation, from: number): Promise<Rotated> {
  const { changes, rows, clock, signal } = rotation;
  const { keys } = changes;
  let made = false;
  await changes.change({
    next: (keyring) =>
      keyring.current !== from || preparedVersion(keyring) !== undefined
        ? undefined
        : addVersion(keyring, clock()),
  });
  const giveUpMs = performance.now() + waitMsMax;
  while (keys.newest.keyring.current === from) {
    const { generation } = keys.newest.reference;
    if (await loadedEverywhere(rows, generation, clock)) {
      const outcome = await changes.change({
        next: (keyring) => (keyring.current === from ? activatePrepared(keyring) : undefined),
        // A process that began meanwhile conflicts with this read, and is seen at the next attempt.
        with: (transaction) => allHold(transaction, generation, clock()),
      });
      made ||= outcome === 'done';
    } else {
      if (performance.now() > giveUpMs) {
        throw new Fault('busy', 'a process does not load the prepared master key version');
      }
      if (signal.aborted) throw new Fault('busy', 'this process ends: the rotation waits');
      await pause(pollMs);
    }
  }
  return { current: keys.newest.keyring.current, made };
}

async function loadedEverywhere(rows: Rows, generation: number, clock: Clock): Promise<boolean> {
  using view = rows.view();
  return await allHold(view, generation, clock());
}
