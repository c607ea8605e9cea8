/**
 * Changes of the keyring, one at a time: the next generation becomes a durable file, then a
 * compare-and-set of the keyring row puts it in force, then every process is handed it. A kill in
 * between leaves the generation before in force and a file that no row names, or the new one in
 * force, which the next start reads. Who comes too late takes what is in force and decides again.
 */
import { unlink } from 'node:fs/promises';
import { Fault } from '../base/refusal.ts';
import type { Clock } from '../base/time.ts';
import type { Keeper } from '../keys/keeper.ts';
import {
  type KeyringReference,
  keyringPath,
  readKeyringFile,
  removeLongReplaced,
  writeKeyringFile,
} from '../keys/keyring-file.ts';
import type { Keyring } from '../keys/keyring.ts';
import {
  type KeysInForce,
  type OpenedKeys,
  openedKeys,
  sameReference,
} from '../keys/keys-in-force.ts';
import type { RowTransaction, Rows } from '../rows/rows.ts';

export interface KeyringPlace {
  readonly rows: Rows;
  readonly keys: KeysInForce;
  /** Where the keyring files lie. */
  readonly folder: string;
  readonly keeper: Keeper;
  readonly clock: Clock;
  /** Names the keyring in force, as the store says in clear; undefined where there is no store. */
  readonly inForce: () => Promise<KeyringReference | undefined>;
  /** Gives a keyring that came in force to the other processes of this machine. */
  readonly hand: (keys: OpenedKeys) => void;
}

/** What to change, decided anew whenever another process was faster. */
export interface KeyringDecision {
  /** The next generation, or undefined where nothing is to be done. */
  readonly next: (keyring: Keyring) => Keyring | undefined;
  /** More for the same transaction; false: not yet. */
  readonly with?: (transaction: RowTransaction, next: Keyring) => Promise<boolean>;
  /** Seals the new file; the store's own keeper where none is named. */
  readonly keeper?: Keeper;
}

/** `done`: it is in force; `unneeded`: there was nothing to do; `declined`: `with` said no. */
export type ChangeOutcome = 'done' | 'unneeded' | 'declined';

const racesMax = 16;

export class KeyringChanges {
  readonly #place: KeyringPlace;
  #keeper: Keeper;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(place: KeyringPlace) {
    this.#place = place;
    this.#keeper = place.keeper;
  }

  get keys(): KeysInForce {
    return this.#place.keys;
  }

  /** The keeper that opens the keyring in force. */
  get keeper(): Keeper {
    return this.#keeper;
  }

  /** Waits for the change before it, then makes this one. A keeper that is down is its `Fault`. */
  change(decision: KeyringDecision): Promise<ChangeOutcome> {
    const outcome = this.#turn.then(() => this.#change(decision));
    this.#turn = outcome.then(nothing, nothing);
    return outcome;
  }

  async #change(decision: KeyringDecision): Promise<ChangeOutcome> {
    const { rows, keys, folder, hand } = this.#place;
    const keeper = decision.keeper ?? this.#keeper;
    for (let race = 0; race < racesMax; race += 1) {
      const next = decision.next(keys.newest.keyring);
      if (next === undefined) return 'unneeded';
      const reference = await writeKeyringFile(folder, next, keeper);
      const opened = openedKeys(next, reference);
      const more = decision.with;
      const changing = rows.changeKeyring(
        opened,
        more && ((transaction) => more(transaction, next)),
      );
      const change = await changing.catch(async (error: unknown) => {
        await this.#forget(reference, error);
        throw error;
      });
      if (change === 'changed') {
        this.#keeper = keeper;
        hand(opened);
        // What is done stays done where that fails: the next change tries it again.
        await Promise.allSettled([removeLongReplaced(folder, reference)]);
        return 'done';
      }
      // No row ever named it, and none will: names are not used twice.
      await unlink(keyringPath(folder, reference));
      if (change === 'declined') return 'declined';
      await this.#catchUp();
    }
    throw new Fault('busy', 'other processes change the keyring all the time');
  }

  /** Removes the file of a change that failed, once the row was seen to name another. */
  async #forget(reference: KeyringReference, failure: unknown): Promise<void> {
    if (!(failure instanceof Fault) || failure.kind === 'unknown') return;
    const [read] = await Promise.allSettled([this.#place.inForce()]);
    if (read.status === 'rejected' || read.value === undefined) return;
    if (sameReference(read.value, reference)) return;
    await unlink(keyringPath(this.#place.folder, reference));
  }

  /** Takes the keyring that another process put in force. */
  async #catchUp(): Promise<void> {
    const { rows, keys, folder, inForce, hand } = this.#place;
    const reference = await inForce();
    if (reference === undefined || reference.generation <= keys.newest.reference.generation) return;
    const { storeId } = rows;
    const keyring = await readKeyringFile({ folder, keeper: this.#keeper, storeId }, reference);
    const opened = openedKeys(keyring, reference);
    keys.take(opened);
    hand(opened);
  }
}

const nothing = (): void => undefined;
