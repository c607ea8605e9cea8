/**
 * Moves the keyring to another root of trust: the next generation, with the same keys, is sealed by
 * the new keeper, opened by it again, and put in force by compare-and-set. Until then the old keeper
 * holds the store, from then on the new one does; a kill in between changes neither. Files that the
 * old keeper sealed stay until a start has opened the keyring with the new one.
 */
import type { Log } from '../base/log.ts';
import { Refusal } from '../base/refusal.ts';
import type { Keeper } from '../keys/keeper.ts';
import { nextGeneration } from '../keys/keyring.ts';
import { KeeperFault } from '../keys/watched-keeper.ts';
import type { Destruction } from './destroy.ts';
import type { KeyringChanges } from './keyring-changes.ts';

export interface ResealParts {
  readonly changes: KeyringChanges;
  readonly destruction: Destruction;
  readonly log: Log;
}

/** The generation that `keeper` sealed and that is in force. Refused where the keeper does not do it. */
export async function reseal(parts: ResealParts, keeper: Keeper): Promise<number> {
  const { changes, destruction, log } = parts;
  const { kind: from } = changes.keeper.description;
  // Not beside a destruction: that may be about to put a fresh root key of the old keeper in force.
  await destruction.inTurn(() =>
    changes.change({ next: nextGeneration, keeper }).catch((error: unknown) => {
      if (!(error instanceof KeeperFault)) throw error;
      throw new Refusal('InvalidRequest', {
        message: `${error.message} The keyring is sealed as before.`,
      });
    }),
  );
  const { generation } = changes.keys.newest.reference;
  const { kind: to } = keeper.description;
  log.warn('the keyring was sealed by another root of trust', { from, to, generation });
  return generation;
}
