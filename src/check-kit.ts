/**
 * Tries a recovery kit against the store of a data folder: every version that any row names is opened
 * with the kit's key, and the kit is held against the keyring in force where that opens. Nothing is
 * written, and a server may run meanwhile.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from './base/bytes.ts';
import { StartError } from './base/start-error.ts';
import { isoTime, systemClock } from './base/time.ts';
import type { KitCheck, KitVersionCheck } from './cli/recovery-kits.ts';
import type { Settings } from './config/settings.ts';
import type { Metadata } from './engines/metadata.ts';
import { type LmdbMetadata, openLmdbMetadata } from './engines/lmdb/metadata.ts';
import type { RecoveryKit } from './keys/kits/kit.ts';
import { restoredKeyring } from './keys/kits/restored-keyring.ts';
import type { KeyringReference } from './keys/keyring-file.ts';
import type { Keyring } from './keys/keyring.ts';
import { KeysInForce, openedKeys } from './keys/keys-in-force.ts';
import { findKeyring } from './keyring-found.ts';
import { keyringFolder } from './open-store.ts';
import { isDataFolder } from './process/data-folder.ts';
import { type CoveredStore, type VersionCoverage, keyCoverage } from './rows/key-coverage.ts';
import { keyringRowVersion, openRows, readKeyringReference } from './rows/rows.ts';

export async function checkKit(
  settings: Settings,
  { kit, keyring }: { readonly kit: RecoveryKit; readonly keyring: Keyring },
): Promise<KitCheck> {
  const { data, keeper, keeperSecrets: secrets } = settings;
  await using store = await openRowsOf(data);
  const { metadata, reference } = store;
  const covered = await keyCoverage(await coveredBy(keyring, metadata, reference));
  const found = await findKeyring({ folder: keyringFolder(data), keeper, secrets }, reference);
  const versions = covered.map(checkOf);
  if (found.keyring !== undefined) versions.push(...heldOtherwise(found.keyring, keyring, covered));
  const otherStore = versions.length > 0 && versions.every(({ opens }) => !opens);
  return {
    opens: versions.every(({ opens }) => opens) && !otherStore,
    kit: toHex(kit.kitId),
    store: toHex(kit.storeId),
    madeAt: isoTime(kit.madeAt),
    generation: kit.generation,
    generationInForce: reference.generation,
    keyringUnopened: found.keyring === undefined ? found.reason : null,
    versions: versions.toSorted((a, b) => a.version - b.version),
  };
}

/** The rows of a data folder, and what they say in clear of the keyring in force. */
export interface FoundRows extends AsyncDisposable {
  readonly metadata: LmdbMetadata;
  readonly reference: KeyringReference;
}

/** Opens the rows without any key. Throws a `StartError` where there are none. */
export async function openRowsOf(data: string): Promise<FoundRows> {
  if (!(await isDataFolder(data))) {
    throw new StartError(`There is no Coffer store in ${data}: name its data folder with --data.`);
  }
  const path = join(data, 'metadata');
  // LMDB would make an empty file where there is none.
  if ((await stat(join(path, 'data.mdb')).catch(() => undefined)) === undefined) throw noRows(data);
  const metadata = await openLmdbMetadata({
    path,
    onFailure: () => undefined,
  });
  await using unused = new AsyncDisposableStack();
  unused.defer(() => metadata.close());
  const reference = await readKeyringReference(metadata);
  if (reference === undefined) throw noRows(data);
  unused.move();
  return { metadata, reference, [Symbol.asyncDispose]: () => metadata.close() };
}

const noRows = (data: string): StartError =>
  new StartError(
    `The metadata in ${data} is missing or has no keyring row. A recovery kit does not mend that: restore the folder from a backup first.`,
  );

/** The store as it looks with the kit's keys. */
export async function coveredBy(
  keyring: Keyring,
  metadata: Metadata,
  reference: KeyringReference,
): Promise<CoveredStore> {
  const { generation } = reference;
  const current = await keyringRowVersion(metadata);
  const held = restoredKeyring(keyring, { generation, current, destroyed: new Set() });
  const keys = new KeysInForce(openedKeys(held, reference));
  return { metadata, keys, rows: openRows({ metadata, keys, clock: systemClock }) };
}

const checkOf = ({ version, rows, row, trouble }: VersionCoverage): KitVersionCheck => ({
  version,
  opens: trouble === undefined,
  rows,
  row,
  trouble: trouble ?? null,
});

/** Versions of the keyring in force that no row names yet, and those that it has another key of. */
function heldOtherwise(
  inForce: Keyring,
  kit: Keyring,
  covered: readonly VersionCoverage[],
): readonly KitVersionCheck[] {
  const known = new Set(covered.map(({ version }) => version));
  return [...inForce.versions.values()].flatMap(({ version, keyId }) => {
    if (keyId === undefined || known.has(version)) return [];
    const held = kit.versions.get(version)?.keyId;
    const same = held !== undefined && Buffer.compare(held, keyId) === 0;
    const trouble = same ? null : `it does not hold the key of version ${version}`;
    return [{ version, opens: same, rows: 0, row: null, trouble }];
  });
}
