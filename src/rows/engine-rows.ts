/**
 * `Rows` over an engine, in this process: the keys in force at each view and each attempt, the fence
 * around each transaction, and what the process says of itself.
 */
import { randomId } from '../base/ids.ts';
import { Fault, assert } from '../base/refusal.ts';
import { canariesFor } from '../keys/canary.ts';
import type { OpenedKeys } from '../keys/keys-in-force.ts';
import { WrapBudget } from '../keys/wrap-budget.ts';
import { keyringRow } from './keyring-row.ts';
import { announcement, processIdBytes, processRow } from './process-row.ts';
import type { DecidedBuckets } from './reads.ts';
import { RowCache, cacheLimits } from './row-cache.ts';
import { RowSeals } from './row-seals.ts';
import type { KeyringChange, RowTransaction, RowView, Rows, RowsOptions } from './rows.ts';
import { storeRow } from './store-row.ts';
import { TransactionRows } from './transaction.ts';
import { SnapshotRows } from './view.ts';

/** Rows over an engine. */
export function openRows(options: RowsOptions): Rows {
  return new EngineRows(options);
}

const announcing = { wraps: false } as const;

/** How long a transaction waits for a keyring that the row names and this process has not yet. */
const keyringArrivalMsMax = 10_000;

class EngineRows implements Rows {
  readonly storeId: Uint8Array;
  readonly processId = randomId(processIdBytes);
  readonly #options: RowsOptions;
  readonly #caches = {
    settings: new RowCache(cacheLimits.settings),
    objects: new RowCache(cacheLimits.objects),
  };
  readonly #budget: WrapBudget;
  readonly #startedAt: Date;

  constructor(options: RowsOptions) {
    this.#options = options;
    this.storeId = options.keys.newest.schedule.storeId;
    this.#startedAt = options.clock();
    this.#budget = new WrapBudget((wraps) => this.#announce(wraps));
  }

  view(decided?: DecidedBuckets): RowView {
    const { schedule } = this.#options.keys.newest;
    const seals = new RowSeals(schedule, this.#caches);
    return new SnapshotRows({ schedule, seals }, this.#options.metadata.snapshot(), decided);
  }

  within(decided: DecidedBuckets): Rows {
    return new DecidedRows(this, decided);
  }

  async transact<T>(
    fn: (transaction: RowTransaction) => Promise<T>,
    decided?: DecidedBuckets,
  ): Promise<T> {
    return this.#fenced(fn, { decided, wraps: true });
  }

  async initialise(
    region: string,
    fn: (transaction: RowTransaction) => Promise<void>,
  ): Promise<boolean> {
    const keys = this.#options.keys.newest;
    return this.#attempts(keys, async (transaction) => {
      if ((await transaction.get(keyringRow, undefined)) !== undefined) return false;
      transaction.put(keyringRow, undefined, keys.reference);
      const canaries = canariesFor(keys.keyring, new Map());
      transaction.put(storeRow, undefined, { createdAt: this.#options.clock(), region, canaries });
      await fn(transaction);
      return true;
    });
  }

  announce(): Promise<void> {
    return this.#announce(this.#budget.totals());
  }

  async changeKeyring(
    to: OpenedKeys,
    fn?: (transaction: RowTransaction) => Promise<boolean>,
  ): Promise<KeyringChange> {
    const { keys } = this.#options;
    const { reference } = keys.newest;
    assert(to.reference.generation === reference.generation + 1, 'generations follow each other');
    const changed = await this.#attempts<KeyringChange>(to, async (transaction) => {
      if (!(await transaction.isInForce(reference))) return 'superseded';
      if (fn !== undefined && !(await fn(transaction))) return 'declined';
      const store = await transaction.get(storeRow, undefined);
      if (store === undefined) throw new Fault('damaged', 'the store row is missing');
      const canaries = canariesFor(to.keyring, store.canaries);
      transaction.put(storeRow, undefined, { ...store, canaries });
      transaction.put(keyringRow, undefined, to.reference);
      return 'changed';
    });
    if (changed === 'changed') keys.take(to);
    return changed;
  }

  /** Runs `fn` under the keyring in force: where that is another than ours, under it once it is here. */
  async #fenced<T>(
    fn: (transaction: RowTransaction) => Promise<T>,
    { decided, wraps }: { readonly decided?: DecidedBuckets | undefined; readonly wraps: boolean },
  ): Promise<T> {
    const { keys } = this.#options;
    for (;;) {
      const ours = keys.newest;
      // Under the version that this attempt commits under, or not at all.
      const reserving = wraps ? this.#budget.ensure(ours.schedule.current) : undefined;
      if (reserving !== undefined) await reserving;
      const outcome = await this.#attempts(
        ours,
        async (transaction) =>
          (await transaction.isInForce(ours.reference))
            ? { result: await fn(transaction) }
            : undefined,
        decided,
      );
      if (outcome !== undefined) return outcome.result;
      const { generation } = ours.reference;
      if (await keys.arrival(generation, keyringArrivalMsMax)) continue;
      throw new Fault(
        'unavailable',
        `keyring changed: this process holds generation ${generation}`,
      );
    }
  }

  #attempts<T>(
    { schedule }: OpenedKeys,
    fn: (rows: TransactionRows) => Promise<T>,
    decided?: DecidedBuckets,
  ): Promise<T> {
    const writing = { budget: this.#budget, ...(decided !== undefined && { decided }) };
    const seals = new RowSeals(schedule, this.#caches);
    return this.#options.metadata.transact((transaction) =>
      fn(new TransactionRows({ schedule, seals }, transaction, writing)),
    );
  }

  /** The process row also says at least how many wraps this process makes, before it makes them. */
  async #announce(wraps: Readonly<Record<string, number>>): Promise<void> {
    const { clock, keys } = this.#options;
    await this.#fenced(async (transaction) => {
      const said = announcement({
        startedAt: this.#startedAt,
        generation: keys.newest.reference.generation,
        wraps,
        now: clock(),
      });
      const before = await transaction.get(processRow, this.processId);
      transaction.put(processRow, this.processId, said(before));
    }, announcing);
  }
}

/** The rows as one request may see them. */
class DecidedRows implements Rows {
  readonly #all: EngineRows;
  readonly #decided: DecidedBuckets;

  constructor(all: EngineRows, decided: DecidedBuckets) {
    this.#all = all;
    this.#decided = decided;
  }

  get storeId(): Uint8Array {
    return this.#all.storeId;
  }

  get processId(): Uint8Array {
    return this.#all.processId;
  }

  view(): RowView {
    return this.#all.view(this.#decided);
  }

  within(decided: DecidedBuckets): Rows {
    return this.#all.within(decided);
  }

  transact<T>(fn: (transaction: RowTransaction) => Promise<T>): Promise<T> {
    return this.#all.transact(fn, this.#decided);
  }

  initialise(...first: Parameters<Rows['initialise']>): Promise<boolean> {
    return this.#all.initialise(...first);
  }

  announce(): Promise<void> {
    return this.#all.announce();
  }

  changeKeyring(...change: Parameters<Rows['changeKeyring']>): Promise<KeyringChange> {
    return this.#all.changeKeyring(...change);
  }
}
