/** `coffer keys reseal`: the new root of trust is opened or made, then seals the keyring. */
import { StartError } from './base/start-error.ts';
import { Fault, Refusal } from './base/refusal.ts';
import { keeper as parseKeeper, keeperFiles, keeperText } from './config/keeper-setting.ts';
import type { KeeperSetting } from './config/keeper-setting.ts';
import type { KeeperSecrets } from './config/settings.ts';
import { InvalidValue, isWithin } from './config/values.ts';
import { type ResealParts, reseal } from './jobs/reseal.ts';
import { type KeeperHow, makeKeeper, type RootOfTrust } from './keepers.ts';
import type { Keeper } from './keys/keeper.ts';
import { Passphrase } from './keys/passphrase/passphrase.ts';

export interface Resealing {
  /** The root of trust that sealed the keyring in force. */
  readonly root: () => RootOfTrust;
  /** Moves the store to the root of trust that `to` names; its secrets are the server's own. */
  reseal(to: string, passphrase: string | undefined): Promise<Resealed>;
}

export interface Resealed {
  /** The setting of the next start. */
  readonly keeper: string;
  readonly generation: number;
  /** What an operator should know. */
  readonly notice: string | undefined;
}

export interface ResealingParts extends ResealParts {
  readonly first: RootOfTrust;
  readonly storeId: Uint8Array;
  /** The data folder. */
  readonly data: string;
  readonly secrets: KeeperSecrets;
  readonly watched: (keeper: Keeper) => Keeper;
}

export function resealingOf(parts: ResealingParts): Resealing {
  let root = parts.first;
  return {
    root: () => root,
    reseal: async (to, typed) => {
      const setting = settingOf(to, parts.data);
      const { kind, location } = root.keeper.description;
      if (setting.kind === 'file' && keeperText(setting) === `${kind}:${location}`) {
        throw refused(`The keyring is sealed by ${to} already: name another place.`);
      }
      const next = await newRoot(setting, typed, parts);
      if (next.store !== undefined && !sameBytes(next.store.id, parts.storeId)) {
        throw refused(`${to} is the root key file of another store: name a place with no file.`);
      }
      const generation = await reseal(parts, parts.watched(next.keeper));
      await next.markInitialised();
      root = next;
      return { keeper: keeperText(setting), generation, notice: next.warning };
    },
  };
}

function settingOf(text: string, data: string): KeeperSetting {
  const setting = parsed(text);
  if (keeperFiles(setting).some((path) => isWithin(path, data))) {
    throw refused(`${text} lies in the data folder, so a copy of the data would carry its key.`);
  }
  return setting;
}

function parsed(text: string): KeeperSetting {
  try {
    return parseKeeper(text, { cwd: '/' });
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw refused(`The new root of trust ${error.message}.`);
  }
}

/** What it lacks is told to the administrator who asked, as no start would tell it in this place. */
async function newRoot(
  setting: KeeperSetting,
  typed: string | undefined,
  { secrets, storeId }: ResealingParts,
): Promise<RootOfTrust> {
  const toldToAsker = (error: unknown): never => {
    if (error instanceof StartError || error instanceof Fault) throw refused(error.message);
    throw error;
  };
  const make = async (): Promise<RootOfTrust> => {
    const passphrase = typed === undefined ? undefined : Passphrase.of(typed, 'given');
    const how: KeeperHow = { secrets, askSecret: undefined, ...(passphrase && { passphrase }) };
    return makeKeeper(setting, how, storeId);
  };
  return make().catch(toldToAsker);
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const refused = (message: string): Refusal => new Refusal('InvalidRequest', { message });
