/** What the admin API works on, from an opened store and the settings. */
import { keysStatusOf } from './admin/keys-status.ts';
import type { KeysStatus } from './admin/contract.ts';
import { Counting } from './admin/counting.ts';
import { Emptying } from './admin/emptying.ts';
import type { AdminServices } from './admin/operation.ts';
import { Sessions } from './admin/sessions.ts';
import { Throttle } from './admin/throttle.ts';
import type { Log } from './base/log.ts';
import type { MetricsSnapshot } from './base/metrics.ts';
import { systemClock } from './base/time.ts';
import type { Settings } from './config/settings.ts';
import { describeSettings } from './config/show.ts';
import type { RootOfTrust } from './keepers.ts';
import { keyEvidence } from './key-evidence.ts';
import { isKeeperHealthy } from './keys/keeper-health.ts';
import type { Rewrapping } from './jobs/rewrap.ts';
import type { MasterKeys } from './master-keys.ts';
import { keyringFolder, type OpenedStore } from './open-store.ts';
import { overviewOf } from './overview.ts';
import { countReferences } from './rows/count-references.ts';
import { createStore } from './store/create-store.ts';
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
    /** Metrics of every process. */
    readonly snapshots: () => Promise<readonly MetricsSnapshot[]>;
    /** Aborted when the server ends. */
    readonly signal: AbortSignal;
    /** Told that a bucket was shredded. */
    readonly shredded: () => void;
  },
): AdminServices {
  const { settings, version, log, masterKeys, rewrapping, shredded, endpointFor } = context;
  const { snapshots, signal } = context;
  const { rows, keys, accounts, users, accessKeys, blobs } = opened;
  const { region } = settings;
  const clock = systemClock;
  const evidence = storeEvidence(opened);
  const store = createStore({ rows, blobs, clock });
  const counting = new Counting({ store, inventory: evidence.inventory, clock });
  const failed = (error: unknown): void =>
    log.error('a bucket was not emptied', { error: error as Error });
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
    ...evidence,
    store,
    counting,
    emptying: new Emptying({ store, counting, region, clock, signal, failed }),
    overview: overviewOf({
      opened,
      settings,
      version,
      snapshots,
      rewrap: () => rewrapping.report(undefined),
      ending: () => signal.aborted,
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
    region,
    clock,
    sessions: new Sessions(systemClock),
    signIns: new Throttle(systemClock),
    console: { url: settings.consoleUrl, endpointFor, newBuckets: settings.newBuckets },
    failed: (request, error) =>
      log.error('an admin request failed', { id: request.id, error: error as Error }),
  };
}
