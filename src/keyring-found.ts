/**
 * The keyring in force of a store that may have lost its root of trust or its keyring file: opened
 * if it can be without asking anybody, or the reason why not.
 */
import { Fault } from './base/refusal.ts';
import { StartError } from './base/start-error.ts';
import { type KeeperSetting, keeperText } from './config/keeper-setting.ts';
import type { KeeperSecrets } from './config/settings.ts';
import { openKeeper } from './keepers.ts';
import { type KeyringReference, readKeyringFile, readKeyringHead } from './keys/keyring-file.ts';
import type { Keyring } from './keys/keyring.ts';

export interface KeyringPlaces {
  /** The folder of the keyring files. */
  readonly folder: string;
  readonly keeper: KeeperSetting;
  readonly secrets: KeeperSecrets;
}

export type KeyringFound =
  | { readonly keyring: Keyring; readonly keeper: KeeperSetting }
  | {
      readonly keyring: undefined;
      readonly reason: string;
      /** The root of trust could not be asked: nothing says that anything is lost. */
      readonly unreachable: boolean;
      /** Of the keyring file, where its head can be read. */
      readonly storeId: Uint8Array | undefined;
    };

/** Tries the root of trust that the setting names, and the root key file that the keyring names. */
export async function findKeyring(
  { folder, keeper, secrets }: KeyringPlaces,
  reference: KeyringReference,
): Promise<KeyringFound> {
  const head = await orReason(() => readKeyringHead(folder, reference));
  if ('reason' in head) return { keyring: undefined, ...head, storeId: undefined };
  const { storeId, sealedBy } = head.value;
  const settings = [keeper];
  if (sealedBy?.kind === 'file') settings.push({ kind: 'file', path: sealedBy.location });
  const reasons: Reason[] = [];
  for (const setting of settings.filter((each) => each.kind === (sealedBy?.kind ?? each.kind))) {
    const opened = await orReason(async () => {
      const root = await openKeeper(setting, { secrets, askSecret: undefined });
      if (root === undefined) throw new StartError(`${keeperText(setting)} is missing.`);
      return readKeyringFile({ folder, keeper: root.keeper, storeId }, reference);
    });
    if ('value' in opened) return { keyring: opened.value, keeper: setting };
    reasons.push(opened);
  }
  const sealer = sealedBy === undefined ? 'somebody else' : `${sealedBy.kind}:${sealedBy.location}`;
  const [first = { reason: `It was sealed by ${sealer}.`, unreachable: false }] = reasons;
  return { keyring: undefined, ...first, storeId };
}

interface Reason {
  readonly reason: string;
  readonly unreachable: boolean;
}

async function orReason<T>(action: () => Promise<T>): Promise<{ readonly value: T } | Reason> {
  return action().then(
    (value) => ({ value }),
    (error: unknown) => {
      if (!(error instanceof Fault) && !(error instanceof StartError)) throw error;
      const unreachable = error instanceof Fault && error.kind === 'unavailable';
      return { reason: error.message, unreachable };
    },
  );
}
