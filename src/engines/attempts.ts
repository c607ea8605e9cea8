/**
 * The loop of `Metadata.transact`: run the function on a new snapshot, commit, and on a conflict
 * take turns with the others that met it, until it is committed or `transactAttemptsMax` is spent.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../base/refusal.ts';
import type { Lanes } from './lanes.ts';
import { transactAttemptsMax, type Transaction } from './metadata.ts';
import { TrackedTransaction, type Rows } from './tracked-transaction.ts';

/** What an engine gives to the loop. */
export interface Attempting {
  readonly lanes: Lanes;
  /** Rows of a snapshot opened now. */
  open(): Rows & Disposable;
  /** Validates and commits; the name of the read that conflicted, or undefined once durable. */
  commit(transaction: TrackedTransaction): Promise<string | undefined>;
}

/** Attempts that may fail without a pause: a lane already keeps this process's own apart. */
const promptAttempts = 4;
const pauseMsMax = 20;

export async function transactWith<T>(
  engine: Attempting,
  fn: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let turn: Disposable | undefined;
  try {
    for (let attempt = 1; attempt <= transactAttemptsMax; attempt += 1) {
      const { result, transaction } = await runOnce(engine, fn);
      const conflict = await engine.commit(transaction);
      if (conflict === undefined) return result;
      turn?.[Symbol.dispose]();
      turn = undefined;
      turn = await engine.lanes.turn(conflict);
      if (attempt > promptAttempts) await delay(Math.random() * pauseMsMax);
    }
  } finally {
    turn?.[Symbol.dispose]();
  }
  throw new Fault('busy', `a transaction met conflicts ${transactAttemptsMax} times`);
}

async function runOnce<T>(
  engine: Attempting,
  fn: (transaction: Transaction) => Promise<T>,
): Promise<{ result: T; transaction: TrackedTransaction }> {
  using rows = engine.open();
  const transaction = new TrackedTransaction(rows);
  try {
    return { result: await fn(transaction), transaction };
  } finally {
    transaction.finish();
  }
}
