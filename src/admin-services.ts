/** What the admin API works on, from an opened store and the settings. */
import { keysStatusOf } from './admin/keys-status.ts';
import type { KeysStatus } from './admin/contract.ts';
import type { AdminServices } from './admin/operation.ts';
import { Sessions } from './admin/sessions.ts';
import { Throttle } from './admin/throttle.ts';
import type { Log } from './base/log.ts';
import { systemClock } from './base/time.ts';
import type { Settings } from './config/settings.ts';
import { describeSettings } from './config/show.ts';
import type { RootOfTrust } from './keepers.ts';
import { keyEvidence } from './key-evidence.ts';
import { isKeeperHealthy } from './keys/keeper-health.ts';
import type { Rewrapping } from './jobs/rewrap.ts';
import type { MasterKeys } from './master-keys.ts';
import { keyringFolder, type OpenedStore } from './open-store.ts';
import { countReferences } from './rows/count-references.ts';
import { storeEvidence } from './store-evidence.ts';

/** The status of the keys, of a store that is served or not. */
export function keysStatusFor(
  opened: OpenedStore,
  settings: Settings,
  root: () => RootOfTrust,
): () => Promise<KeysStatus> {
  const { rows, metadata, keys } = opened;
  return keysStatusOf({
    keyring: () => keys.newest.keyring,
    policy: settings.rotation,
    count: () => countReferences({ metadata, rows, clock: systemClock }),
    keeper: async () => ({
      kind: root().keeper.description.kind,
      healthy: await isKeeperHealthy({
        folder: keyringFolder(settings.data),
        storeId: rows.storeId,
        reference: keys.newest.reference,
        openKeeper: () => root().reopen(),
      }),
    }),
  });
}

export function adminServices(
  opened: OpenedStore,
  context: {
    readonly settings: Settings;
    readonly version: string;
    readonly log: Log;
    readonly masterKeys: MasterKeys;
    readonly rewrapping: Rewrapping;
    /** The S3 endpoint as the sender of a request to the console reaches it. */
    readonly endpointFor: AdminServices['console']['endpointFor'];
    /** Told that a bucket was shredded. */
    readonly shredded: () => void;
  },
): AdminServices {
  const { settings, version, log, masterKeys, rewrapping, shredded, endpointFor } = context;
  const { rows, keys, accounts, users, accessKeys } = opened;
  return {
    view: () => rows.view(),
    accounts,
    users,
    accessKeys,
    keysStatus: keysStatusFor(opened, settings, masterKeys.resealing.root),
    currentKey: () => keys.newest.keyring.current,
    rotateKeys: async (from) => (await masterKeys.rotations.rotate(from, 'asked')).current,
    rewrapKeys: (scope) => rewrapping.request(scope),
    rewrapStatus: (run) => rewrapping.report(run),
    resealKeyring: async (to, passphrase) => {
      const { notice = null, ...resealed } = await masterKeys.resealing.reseal(to, passphrase);
      return { ...resealed, notice };
    },
    ...keyEvidence({ rows, metadata: opened.metadata, ...masterKeys, shredded }),
    ...storeEvidence(opened),
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
    clock: systemClock,
    sessions: new Sessions(systemClock),
    signIns: new Throttle(systemClock),
    console: { url: settings.consoleUrl, endpointFor, newBuckets: settings.newBuckets },
    failed: (request, error) =>
      log.error('an admin request failed', { id: request.id, error: error as Error }),
  };
}
