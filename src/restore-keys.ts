/**
 * Restores the keyring of a store whose root of trust or keyring file is lost, from a recovery kit.
 * Everything is looked at first, under the data folder's lock; then the root of trust is made where
 * it is missing, the next generation of the keyring becomes a durable file, and one transaction,
 * sealed by the kit's own keys, puts it in force. A kill before that leaves the store as it was, and
 * a restore done again goes through; nothing is ever written over.
 */
import { unlink } from 'node:fs/promises';
import { toHex } from './base/bytes.ts';
import { StartError } from './base/start-error.ts';
import { systemClock } from './base/time.ts';
import { coveredBy, type FoundRows, openRowsOf } from './check-kit.ts';
import type { Restoring, RestoredKeyring } from './cli/recovery-kits.ts';
import { keeperText } from './config/keeper-setting.ts';
import type { Settings } from './config/settings.ts';
import { type KeeperHow, type RootOfTrust, makeKeeper, openKeeper } from './keepers.ts';
import { keyringPath, writeKeyringFile } from './keys/keyring-file.ts';
import { type Keyring, nextGeneration } from './keys/keyring.ts';
import { KeysInForce, openedKeys } from './keys/keys-in-force.ts';
import type { RecoveryKit } from './keys/kits/kit.ts';
import { restoredKeyring } from './keys/kits/restored-keyring.ts';
import { findKeyring } from './keyring-found.ts';
import { keyringFolder } from './open-store.ts';
import { isDataFolder, openDataFolder } from './process/data-folder.ts';
import { type CoveredStore, keyCoverage } from './rows/key-coverage.ts';
import { keyringRowVersion, openRows } from './rows/rows.ts';
import { putRecord, readSoundRecords } from './rows/signed-records.ts';

interface Opened {
  readonly kit: RecoveryKit;
  readonly keyring: Keyring;
}

/** Throws a `StartError` that says why nothing can or need be restored. */
export async function beginRestore(
  settings: Settings,
  opened: Opened,
  askSecret: KeeperHow['askSecret'],
): Promise<Restoring> {
  const { data, keeper, keeperSecrets: secrets } = settings;
  await refuseNoStore(data);
  await using parts = new AsyncDisposableStack();
  parts.use(await openDataFolder({ path: data, keeperGiven: true }));
  const found = parts.use(await openRowsOf(data));
  const lost = await whatIsLost(settings, found, opened);
  const covered = await coveredBy(opened.keyring, found.metadata, found.reference);
  await refuseUncovered(opened, covered);
  const { before, unopened } = await withDestroyed(opened.keyring, covered, found);
  const { storeId, kitId } = opened.kit;
  const how = { secrets, askSecret };
  const held = parts.move();
  return {
    store: toHex(storeId),
    kit: toHex(kitId),
    lost: unopened === 0 ? lost : `${lost} ${unsure(unopened)}`,
    restore: async () => {
      const { root, made } = await rootFor(settings, storeId, how);
      const restored = await putInForce({ data, found, before, opened, root });
      await root.markInitialised();
      const madeRootKey = made && keeper.kind === 'file' ? keeper.path : null;
      return { ...restored, madeRootKey };
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function refuseNoStore(data: string): Promise<void> {
  // Before the lock: where there is no folder, none is made.
  if (await isDataFolder(data)) return;
  throw new StartError(`There is no Coffer store in ${data}: name its data folder with --data.`);
}

async function whatIsLost(
  { data, keeper, keeperSecrets: secrets }: Settings,
  { reference }: FoundRows,
  { kit }: Opened,
): Promise<string> {
  const place = { folder: keyringFolder(data), keeper, secrets };
  const found = await findKeyring(place, reference);
  if (found.keyring !== undefined) {
    throw new StartError(
      `Nothing is lost: the keyring in force, generation ${reference.generation}, opens with ${keeperText(found.keeper)}. ` +
        'Nothing was changed. To move the store to another root of trust, use "coffer keys reseal".',
    );
  }
  if (found.unreachable) {
    throw new StartError(
      `${found.reason} That is no loss: nothing was changed. Try again when it answers.`,
    );
  }
  if (found.storeId !== undefined && Buffer.compare(found.storeId, kit.storeId) !== 0) {
    throw new StartError(
      `The recovery kit ${kit.path} is of the store ${toHex(kit.storeId)}, and ${data} holds the store ${toHex(found.storeId)}.`,
    );
  }
  return found.reason;
}

async function refuseUncovered({ kit }: Opened, covered: CoveredStore): Promise<void> {
  const versions = await keyCoverage(covered);
  const uncovered = versions.filter(({ trouble }) => trouble !== undefined);
  if (uncovered.length === 0) return;
  const list = uncovered
    .map(({ version, rows, trouble }) => `version ${version}, ${rows} rows: ${trouble}`)
    .join('; ');
  const whole =
    uncovered.length === versions.length
      ? 'opens nothing in this store: it is of another store, or of another time of this one'
      : 'does not open everything in this store';
  throw new StartError(
    `The recovery kit ${kit.path} ${whole} (${list}). Nothing was changed. Take a kit that was made later, or a backup of the keyring and its root of trust.`,
  );
}

/** The kit's keyring at the store's generation; what the store says was destroyed stays so. */
async function withDestroyed(
  keyring: Keyring,
  { rows, metadata }: CoveredStore,
  { reference }: FoundRows,
): Promise<{ readonly before: Keyring; readonly unopened: number }> {
  using view = rows.view();
  const { records, unopened } = await readSoundRecords(metadata, view, keyring);
  const destroyed = new Set(
    records
      .filter(({ facts, verified }) => verified && facts['record'] === 'master-key-destroyed')
      .map(({ facts }) => Number(facts['version'])),
  );
  const current = await keyringRowVersion(metadata);
  const { generation } = reference;
  return { before: restoredKeyring(keyring, { generation, current, destroyed }), unopened };
}

const unsure = (unopened: number): string =>
  `${unopened} signed records in it are damaged: a master key version that one of them calls destroyed comes back if the kit holds it.`;

async function rootFor(
  { keeper }: Settings,
  storeId: Uint8Array,
  how: KeeperHow,
): Promise<{ readonly root: RootOfTrust; readonly made: boolean }> {
  const there = keeper.kind === 'file' ? await openKeeper(keeper, how) : undefined;
  const root = there ?? (await makeKeeper(keeper, how, storeId));
  if (root.store !== undefined && Buffer.compare(root.store.id, storeId) !== 0) {
    throw new StartError(
      `${keeperText(keeper)} is the root of trust of another store (${toHex(root.store.id)}): name another place with --keeper. Nothing was changed.`,
    );
  }
  return { root, made: there === undefined };
}

interface Change {
  readonly data: string;
  readonly found: FoundRows;
  /** What is in force, as far as the kit knows it. */
  readonly before: Keyring;
  readonly opened: Opened;
  readonly root: RootOfTrust;
}

async function putInForce(change: Change): Promise<Omit<RestoredKeyring, 'madeRootKey'>> {
  const { data, found, before, opened, root } = change;
  const { metadata, reference } = found;
  const { kit } = opened;
  const { keeper } = root;
  const next = nextGeneration(before);
  const folder = keyringFolder(data);
  const written = await writeKeyringFile(folder, next, keeper);
  const keys = new KeysInForce(openedKeys(before, reference));
  const rows = openRows({ metadata, keys, clock: systemClock });
  const facts = {
    kit: toHex(kit.kitId),
    kitGeneration: kit.generation,
    keyringGeneration: next.generation,
    keyringBefore: reference.generation,
    keeper: keeper.description,
  };
  const outcome = await rows.changeKeyring(openedKeys(next, written), async (transaction) => {
    putRecord(transaction, next, { kind: 'keyring-restored', madeAt: systemClock(), facts });
    return true;
  });
  if (outcome !== 'changed') {
    await unlink(keyringPath(folder, written));
    throw new StartError('The keyring row changed meanwhile: nothing was restored. Try again.');
  }
  const { generation, current } = next;
  const store = toHex(next.storeId);
  return { store, kit: facts.kit, generation, current, keeper: keeper.description };
}
