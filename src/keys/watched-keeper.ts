/** A keeper whose failures are counted, and told from those of the disk and the database. */
import { Fault, assert } from '../base/refusal.ts';
import type { Keeper, KeeperRenewal } from './keeper.ts';

/** The root of trust did not seal or open. Its cause says why; nothing was changed. */
export class KeeperFault extends Fault {}

export function watchedKeeper(keeper: Keeper, failed: () => void): Keeper {
  const { kind, location } = keeper.description;
  const watched = <T>(what: string, answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      failed();
      if (!(error instanceof Fault)) throw error;
      const message = `The root of trust ${kind}:${location} does not ${what} the keyring: ${error.message}`;
      throw new KeeperFault(error.kind, message, { cause: error });
    });
  return {
    description: keeper.description,
    seal: (plaintext, context) => watched('seal', keeper.seal(plaintext, context)),
    open: (sealed, context) => watched('open', keeper.open(sealed, context)),
    ...(keeper.renew && { renew: () => watchedRenewal(keeper, failed) }),
    ...(keeper.settle && { settle: async () => keeper.settle?.() }),
  };
}

async function watchedRenewal(keeper: Keeper, failed: () => void): Promise<KeeperRenewal> {
  const renewal = await keeper.renew?.();
  assert(renewal, 'a keeper that cannot renew its root of trust was asked to');
  return { ...renewal, keeper: watchedKeeper(renewal.keeper, failed) };
}
