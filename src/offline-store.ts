/**
 * The store of a data folder that no server serves, for commands that work on it in this process.
 * The folder's lock is held meanwhile, so that no server starts under it; nothing is made.
 */
import { keysStatusFor } from './admin-services.ts';
import { inventoryReport, verifyReport } from './admin/evidence-reports.ts';
import { StartError } from './base/start-error.ts';
import type { OfflineStore } from './cli/host.ts';
import type { Settings } from './config/settings.ts';
import type { KeeperHow } from './keepers.ts';
import { openExistingStore } from './open-store.ts';
import { isDataFolder, openDataFolder } from './process/data-folder.ts';
import { storeEvidence } from './store-evidence.ts';

/** Opens it. Throws a `StartError` that names the folder and the mend. */
export async function openStoreOffline(
  settings: Settings,
  askSecret?: KeeperHow['askSecret'],
): Promise<OfflineStore> {
  const { data, keeper, region } = settings;
  if (!(await isDataFolder(data))) {
    throw new StartError(
      `There is no Coffer store in ${data}: name its data folder with --data, or make one with "coffer serve".`,
    );
  }
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await openDataFolder({ path: data, keeperGiven: true }));
  const { store: opened, root } = await openExistingStore({
    data: folder.path,
    keeper,
    how: { secrets: settings.keeperSecrets, askSecret },
    region,
    given: undefined,
    // Nothing is written, so nothing can fail to be.
    onFailure: () => undefined,
  });
  parts.defer(() => opened.close());
  const keysStatus = keysStatusFor(opened, settings, () => root);
  const { inventory, verify } = storeEvidence(opened);
  const held = parts.move();
  return {
    keysStatus,
    inventory: async ({ keyVersion, limit, ...query }) =>
      inventoryReport(
        await inventory({
          ...query,
          keyVersion: keyVersion === undefined ? undefined : Number(keyVersion),
          limit: limit === undefined ? undefined : Number(limit),
        }),
      ),
    verify: async (query) => verifyReport(await verify(query)),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
