/**
 * The keyring that a kit gives back to a store. Where the kit is older than the store, what happened
 * since is taken from the store: the version that its keyring row was sealed under is current, and
 * versions that its records call destroyed stay destroyed, whatever the kit still holds. Where the
 * store is older (it came from a backup), the kit's keyring stands as it is.
 */
import type { Keyring, MasterKey } from '../keyring.ts';

export interface StoreAsFound {
  /** Of the keyring row, as it says in clear. */
  readonly generation: number;
  /** The version that the keyring row is sealed under: it was current. */
  readonly current: number;
  /** Versions that signed records call destroyed. */
  readonly destroyed: ReadonlySet<number>;
}

/** With the generation that the store is at: the next one is to come in force. */
export function restoredKeyring(kit: Keyring, store: StoreAsFound): Keyring {
  const { generation, destroyed } = store;
  const isOlder = kit.generation < generation;
  const current = isOlder ? store.current : kit.current;
  const versions = [...kit.versions.values()].map((key): MasterKey => {
    const { version, createdAt } = key;
    if (key.state === 'destroyed' || (destroyed.has(version) && version !== current)) {
      return { version, createdAt, state: 'destroyed', keyId: undefined, key: undefined };
    }
    return isOlder ? { ...key, state: stateOf(version, current) } : key;
  });
  const numbered = new Map(versions.map((key) => [key.version, key]));
  return { ...kit, generation, current, versions: numbered };
}

function stateOf(version: number, current: number): 'prepared' | 'current' | 'retained' {
  if (version === current) return 'current';
  // What had not become current when the store stopped never sealed anything.
  return version > current ? 'prepared' : 'retained';
}
