/**
 * The root of trust that `--keeper` names, opened or made. Here alone the kinds of keeper are
 * known; everything else has the port (keys/keeper.ts). Only the key file has a place outside the
 * data folder that knows the store's id and whether the store was ever made; for the others the id
 * stands in the head of the keyring file.
 */
import type { KeeperSetting } from './config/keeper-setting.ts';
import type { KeeperSecrets } from './config/settings.ts';
import { AwsKmsKeeper } from './keys/awskms/awskms-keeper.ts';
import { createFileKeeper, openFileKeeper, type FileKeeper } from './keys/file/file-keeper.ts';
import type { Keeper } from './keys/keeper.ts';
import { Pkcs11Keeper } from './keys/pkcs11/pkcs11-keeper.ts';
import { pkcs11Pin } from './pkcs11-pin.ts';
import { PassphraseKeeper } from './keys/passphrase/passphrase-keeper.ts';
import type { Passphrase } from './keys/passphrase/passphrase.ts';
import { VaultKeeper } from './keys/vault/vault-keeper.ts';
import { plainHttp, vaultToken } from './vault-token.ts';
import { findPassphrase } from './passphrase-source.ts';

/** A keeper that can be asked. */
export interface RootOfTrust {
  readonly keeper: Keeper;
  /** The store that it belongs to and whether that was ever made, where it knows by itself. */
  readonly store: { readonly id: Uint8Array; readonly initialised: boolean } | undefined;
  /** What an operator should be told. */
  readonly warning: string | undefined;
  /** To be called once the store's first transaction is durable. Doing so again changes nothing. */
  markInitialised(): Promise<void>;
  /** Looks for it anew; undefined where it is gone. */
  reopen(): Promise<Keeper | undefined>;
}

/** How a keeper's secrets are come by. */
export interface KeeperHow {
  readonly secrets: KeeperSecrets;
  /** Asks on the terminal without echo; undefined where nobody can be asked. */
  readonly askSecret: ((question: string) => Promise<string>) | undefined;
  /** A passphrase that was given already. */
  readonly passphrase?: Passphrase;
}

/** Undefined where the setting names a file that is not there. */
export async function openKeeper(
  setting: KeeperSetting,
  how: KeeperHow,
): Promise<RootOfTrust | undefined> {
  if (setting.kind === 'file') {
    const keeper = await openFileKeeper(setting.path);
    return keeper && rootFile(setting.path, keeper);
  }
  return openOther(setting, how, false);
}

/** For a new store, or one that lost its own: makes what is not there. An existing key file is taken. */
export async function makeKeeper(
  setting: KeeperSetting,
  how: KeeperHow,
  store?: Uint8Array,
): Promise<RootOfTrust> {
  if (setting.kind === 'file') {
    return rootFile(setting.path, await createFileKeeper(setting.path, store));
  }
  return openOther(setting, how, true);
}

function rootFile(path: string, keeper: FileKeeper): RootOfTrust {
  return {
    keeper,
    store: { id: keeper.storeId, initialised: keeper.state === 'initialised' },
    warning: keeper.warning,
    markInitialised: () => keeper.markInitialised(),
    reopen: () => openFileKeeper(path),
  };
}

async function openOther(
  setting: Exclude<KeeperSetting, { kind: 'file' }>,
  how: KeeperHow,
  isNew: boolean,
): Promise<RootOfTrust> {
  if (setting.kind === 'passphrase') return passphraseRoot(setting.path, how, isNew);
  if (setting.kind === 'vault') {
    const token = vaultToken(how.secrets);
    const namespace = how.secrets.vaultNamespace;
    return withoutPlace(
      new VaultKeeper({ ...setting, namespace, token }),
      plainHttp(setting.origin),
    );
  }
  if (setting.kind === 'awskms') {
    const endpoint = how.secrets.awskmsEndpoint;
    return withoutPlace(new AwsKmsKeeper({ ...setting, endpoint }));
  }
  const pin = pkcs11Pin(how.secrets, setting.pinSource);
  return withoutPlace(new Pkcs11Keeper(setting.uri, setting, pin));
}

async function passphraseRoot(
  path: string | undefined,
  how: KeeperHow,
  isNew: boolean,
): Promise<RootOfTrust> {
  const { passphrase, warning, again } = await findPassphrase(path, how, isNew);
  const keeper = new PassphraseKeeper({ passphrase, path });
  const reopen = async (): Promise<Keeper | undefined> => {
    const now = await again();
    if (now === undefined) return undefined;
    return now.equals(passphrase) ? keeper : new PassphraseKeeper({ passphrase: now, path });
  };
  return { ...withoutPlace(keeper), warning, reopen };
}

/** Of a keeper that knows nothing of stores. */
const withoutPlace = (keeper: Keeper, warning?: string): RootOfTrust => ({
  keeper,
  store: undefined,
  warning,
  markInitialised: async () => undefined,
  reopen: async () => keeper,
});
