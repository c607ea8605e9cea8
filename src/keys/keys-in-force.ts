/**
 * The keyrings that this process was given, newest in force last. A keyring is taken only after the
 * keyring row has named it; which one is in force is said by that row alone (FORMAT.md §5.2), and
 * every transaction compares. What opens rows is always the newest: it holds every key that an
 * earlier one held, except those that nothing refers to any more.
 */
import type { KeyringReference } from './keyring-file.ts';
import { KeySchedule } from './key-schedule.ts';
import type { Keyring } from './keyring.ts';

/** A keyring that was opened, with the name of the file it came from. */
export interface OpenedKeys {
  readonly keyring: Keyring;
  readonly reference: KeyringReference;
  readonly schedule: KeySchedule;
}

export function openedKeys(keyring: Keyring, reference: KeyringReference): OpenedKeys {
  return { keyring, reference, schedule: new KeySchedule(keyring) };
}

export const sameReference = (a: KeyringReference, b: KeyringReference): boolean =>
  a.generation === b.generation && Buffer.compare(a.digest, b.digest) === 0;

export class KeysInForce {
  #newest: OpenedKeys;
  readonly #waiting = new Set<() => void>();

  constructor(first: OpenedKeys) {
    this.#newest = first;
  }

  get newest(): OpenedKeys {
    return this.#newest;
  }

  /** Takes a keyring that the row names. One that is not newer changes nothing. */
  take(keys: OpenedKeys): void {
    if (keys.reference.generation <= this.#newest.reference.generation) return;
    this.#newest = keys;
    for (const wake of this.#waiting) wake();
  }

  /** Whether a keyring newer than `generation` is here, after a wait of at most `msMax`. */
  async arrival(generation: number, msMax: number): Promise<boolean> {
    const isHere = (): boolean => this.#newest.reference.generation > generation;
    if (isHere()) return true;
    const woken = Promise.withResolvers<void>();
    const wake = (): void => {
      if (isHere()) woken.resolve();
    };
    this.#waiting.add(wake);
    const late = setTimeout(() => woken.resolve(), msMax);
    await woken.promise;
    clearTimeout(late);
    this.#waiting.delete(wake);
    return isHere();
  }
}
