/**
 * Waits for a keeper that cannot be reached when the store is opened: 1 s, 2 s, 4 s ..., about a
 * minute in all, each time with a line in the log. Then the start ends, so that a supervisor that
 * restarts Coffer sees why. Only `unavailable` is waited for: no other trouble mends itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from './base/refusal.ts';
import { StartError } from './base/start-error.ts';

export interface Patience {
  readonly warn: (message: string) => void;
  /** Resolves when the start shall end after all. */
  readonly stopped: Promise<void>;
  /** How long before each further attempt; one minute in all by default. */
  readonly waitsMs?: readonly number[];
}

const waitsMsDefault: readonly number[] = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/** What `attempt` gives, tried again while the keeper is out of reach. */
export async function patiently<T>(patience: Patience, attempt: () => Promise<T>): Promise<T> {
  const waitsMs = patience.waitsMs ?? waitsMsDefault;
  for (const waitMs of waitsMs) {
    const result = await attempt().then((value) => ({ value }), unavailable);
    if ('value' in result) return result.value;
    patience.warn(`${result.message} Trying again in ${waitMs / 1_000} s.`);
    await waitOr(patience.stopped, waitMs);
  }
  const last = await attempt().then((value) => ({ value }), unavailable);
  if ('value' in last) return last.value;
  throw new StartError(`${last.message} Coffer gives up after ${waitsMs.length + 1} attempts.`);
}

function unavailable(error: unknown): Fault {
  if (error instanceof Fault && error.kind === 'unavailable') return error;
  throw error;
}

async function waitOr(stopped: Promise<void>, ms: number): Promise<void> {
  const end = new AbortController();
  const over = sleep(ms, false, { signal: end.signal }).catch(() => false);
  const isStopped = await Promise.race([over, stopped.then(() => true)]);
  end.abort();
  if (isStopped) throw new StartError('Told to stop while waiting for the root of trust.');
}
