/**
 * Makes a recovery kit: the keyring in force, sealed under the key that was given for it, and a
 * signed record in the store that says which master key versions it holds. The record comes first: a
 * kit that nobody got in the end is one too many in the list, never one too few.
 */
import { toHex } from '../base/bytes.ts';
import { randomId } from '../base/ids.ts';
import type { Clock } from '../base/time.ts';
import { type KitLock, sealKit } from '../keys/kits/kit.ts';
import { type Keyring, nextGeneration } from '../keys/keyring.ts';
import type { Rows } from '../rows/rows.ts';
import { type SignedRecord, putRecord } from '../rows/signed-records.ts';
import type { KeyringChanges } from './keyring-changes.ts';

export interface BackupParts {
  readonly changes: KeyringChanges;
  readonly rows: Rows;
  readonly clock: Clock;
}

export interface KitRequest {
  /** The kit key, 32 bytes: whoever asks for the kit made it, and keeps it. */
  readonly key: Uint8Array;
  /** How whoever asks will come by it again. */
  readonly lock: KitLock;
}

export interface MadeKit {
  /** The kit as a file's text. */
  readonly text: string;
  readonly kitId: Uint8Array;
  readonly storeId: Uint8Array;
  readonly madeAt: Date;
  readonly generation: number;
  /** Master key versions whose keys are in it. */
  readonly versions: readonly number[];
  readonly record: SignedRecord;
}

export async function backupKeys(parts: BackupParts, request: KitRequest): Promise<MadeKit> {
  const { changes, rows, clock } = parts;
  // A keyring of before records were signed has no key for it: the next generation has.
  await changes.change({
    next: (keyring) => (keyring.signing === undefined ? nextGeneration(keyring) : undefined),
  });
  return rows.transact(async (transaction) => {
    // Commits only while this keyring is in force: a version that joins meanwhile is in the next attempt.
    const { keyring } = changes.keys.newest;
    const { lock, key } = request;
    const [kitId, madeAt, versions] = [randomId(), clock(), heldBy(keyring)];
    const text = sealKit(keyring, { kitId, madeAt, lock }, key);
    const record = putRecord(transaction, keyring, {
      kind: 'recovery-kit',
      madeAt,
      facts: {
        kit: toHex(kitId),
        keyringGeneration: keyring.generation,
        versions,
        lock: lock.kind,
        ...(lock.kind === 'shares' && { shares: lock.shares, threshold: lock.threshold }),
        statement,
      },
    });
    const { storeId, generation } = keyring;
    return { text, kitId, storeId, madeAt, generation, versions, record };
  });
}

function heldBy({ versions }: Keyring): readonly number[] {
  return [...versions.values()]
    .filter(({ state }) => state !== 'destroyed')
    .map(({ version }) => version);
}

const statement =
  'Whoever opens this kit holds the keys of these master key versions, and with a copy of the data can read what ' +
  'they sealed, for as long as the kit exists: destroying a version in the store does not reach the kit.';
