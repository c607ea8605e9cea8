/** What the admin API works on, from an opened store and the settings. */
import { join } from 'node:path';
import { keysStatusOf } from './admin/keys-status.ts';
import type { AdminServices } from './admin/operation.ts';
import type { Log } from './base/log.ts';
import { systemClock } from './base/time.ts';
import type { Settings } from './config/settings.ts';
import { describeSettings } from './config/show.ts';
import { openFileKeeper } from './keys/file/file-keeper.ts';
import { isKeeperHealthy } from './keys/keeper-health.ts';
import type { OpenedStore } from './open-store.ts';
import { countReferences } from './rows/count-references.ts';

export function adminServices(
  opened: OpenedStore,
  context: { readonly settings: Settings; readonly version: string; readonly log: Log },
): AdminServices {
  const { settings, version, log } = context;
  const { rows, metadata, keys, accounts, users, accessKeys } = opened;
  return {
    view: () => rows.view(),
    accounts,
    users,
    accessKeys,
    keysStatus: keysStatusOf({
      keyring: () => keys.newest.keyring,
      count: () => countReferences({ metadata, rows, clock: systemClock }),
      keeper: async () => ({
        kind: settings.keeper.kind,
        healthy: await isKeeperHealthy({
          folder: join(settings.data, 'keys'),
          storeId: rows.storeId,
          reference: keys.newest.reference,
          openKeeper: () => openFileKeeper(settings.keeper.path),
        }),
      }),
    }),
    settings: describeSettings(settings).map(
      ({ name, flag = null, env, value = null, source }) => ({
        name,
        flag,
        env,
        value,
        source,
      }),
    ),
    version: { version, node: process.version },
    region: settings.region,
    failed: (request, error) =>
      log.error('an admin request failed', { id: request.id, error: error as Error }),
  };
}
