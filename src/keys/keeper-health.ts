/** Whether the root of trust is still there: it is asked to open the keyring file in force. */
import { readKeyringFile, type KeyringReference } from './keyring-file.ts';
import type { Keeper } from './keeper.ts';

export interface KeeperHealthPlace {
  /** Where the keyring files lie. */
  readonly folder: string;
  readonly storeId: Uint8Array;
  readonly reference: KeyringReference;
  /** Opens the keeper anew; undefined where it is gone. */
  readonly openKeeper: () => Promise<Keeper | undefined>;
}

/** True when the keeper opens the keyring now. Says nothing of why it does not: the log does. */
export async function isKeeperHealthy(place: KeeperHealthPlace): Promise<boolean> {
  const { folder, storeId, reference, openKeeper } = place;
  try {
    const keeper = await openKeeper();
    if (keeper === undefined) return false;
    await readKeyringFile({ folder, keeper, storeId }, reference);
    return true;
  } catch {
    return false;
  }
}
