/**
 * Canaries (FORMAT.md §5.8): for each master key version, nothing sealed under it on the day when it
 * joined the keyring, kept in the store row and carried from keyring to keyring. A keyring whose key of
 * a version does not open that version's canary holds another key than the one that sealed the rows:
 * it is refused at start and is never put in force, however well its keeper sealed it.
 *
 * A canary proves the key of a version, not that each row under it is sound: that is `coffer verify`.
 */
import { lengthPrefixed, u32 } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import { deriveKey } from '../crypto/hkdf.ts';
import { xaesOpen, xaesOverheadBytes, xaesSeal } from '../crypto/xaes-gcm.ts';
import type { Keyring, LiveMasterKey } from './keyring.ts';

/** Sealed canaries by master key version. */
export type Canaries = ReadonlyMap<number, Uint8Array>;

export const canaryBytes = xaesOverheadBytes;

/**
 * The canaries that go with `keyring`: those that there are stay as they are, a version that has none
 * gets one, and one of a destroyed version goes. `Fault('damaged')` where a key does not open its own.
 */
export function canariesFor(keyring: Keyring, before: Canaries): Canaries {
  assertCanaries(keyring, before);
  const canaries = new Map<number, Uint8Array>();
  for (const key of keyring.versions.values()) {
    if (key.state === 'destroyed') continue;
    canaries.set(key.version, before.get(key.version) ?? sealCanary(key, keyring.storeId));
  }
  return canaries;
}

/** Throws unless every live version opens its canary; a version without one is passed over. */
export function assertCanaries(keyring: Keyring, canaries: Canaries): void {
  for (const key of keyring.versions.values()) {
    const canary = canaries.get(key.version);
    if (key.state === 'destroyed' || canary === undefined) continue;
    if (!opensCanary(key, canary, keyring.storeId)) throw wrongKey(key.version, keyring.generation);
  }
}

/** Whether the key is the one that sealed the canary. */
export function opensCanary(
  master: LiveMasterKey,
  canary: Uint8Array,
  storeId: Uint8Array,
): boolean {
  const { version } = master;
  try {
    return xaesOpen(canaryKey(master, storeId), aad(version, storeId), canary).length === 0;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return false;
  }
}

function sealCanary(master: LiveMasterKey, storeId: Uint8Array): Uint8Array {
  return xaesSeal(canaryKey(master, storeId), aad(master.version, storeId), new Uint8Array(0));
}

const canaryKey = ({ key, version }: LiveMasterKey, storeId: Uint8Array) =>
  deriveKey(key, lengthPrefixed('coffer/1/store', 'canary', u32(version), storeId));

const aad = (version: number, storeId: Uint8Array): Buffer =>
  lengthPrefixed('coffer/1/canary', storeId, u32(version));

function wrongKey(version: number, generation: number): Fault {
  return new Fault(
    'damaged',
    `Master key version ${version} of keyring generation ${generation} is not the key that sealed this store's rows: ` +
      `it does not open the canary of version ${version} in the store row. Nothing was changed. ` +
      'Restore the keyring from a recovery kit (coffer keys restore KIT), or put back a backup of the whole data folder.',
  );
}
