/** The master keys of a server: how its keyring changes, and the rotation that keeps them fresh. */
import type { Log } from './base/log.ts';
import type { Metrics } from './base/metrics.ts';
import { systemClock } from './base/time.ts';
import { Destruction } from './jobs/destroy.ts';
import { KeyringChanges } from './jobs/keyring-changes.ts';
import { Rotations, rotateKeys } from './jobs/rotate-keys.ts';
import type { Job } from './jobs/run.ts';
import type { OpenedKeys } from './keys/keys-in-force.ts';
import type { RotationPolicy } from './keys/rotation-due.ts';
import type { Keeper } from './keys/keeper.ts';
import { type Resealing, resealingOf } from './resealing.ts';
import type { KeeperSecrets } from './config/settings.ts';
import { watchedKeeper } from './keys/watched-keeper.ts';
import { keyringFolder, type Start } from './open-store.ts';
import { readKeyringReference } from './rows/rows.ts';
import { versionReferences } from './rows/version-references.ts';

export interface MasterKeysOptions {
  readonly start: Start;
  /** The data folder. */
  readonly data: string;
  readonly policy: RotationPolicy;
  /** Of a root of trust that the store may be moved to. */
  readonly secrets: KeeperSecrets;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Gives a keyring that came in force to the workers, and tells the store that this process has it. */
  readonly hand: (keys: OpenedKeys) => void;
  /** Aborted when the server is to end. */
  readonly signal: AbortSignal;
}

export interface MasterKeys {
  readonly changes: KeyringChanges;
  readonly rotations: Rotations;
  readonly destruction: Destruction;
  readonly resealing: Resealing;
  /** Rotates by itself. */
  readonly job: Job;
}

export function masterKeysOf(options: MasterKeysOptions): MasterKeys {
  const { start, data, policy, secrets, log, hand, signal } = options;
  const { rows, keys, metadata } = start.store;
  const { rotated, failed } = keyMetrics(options);
  const folder = keyringFolder(data);
  const changes = new KeyringChanges({
    rows,
    keys,
    folder,
    keeper: watchedKeeper(start.keeper, failed),
    clock: systemClock,
    inForce: () => readKeyringReference(metadata),
    hand,
  });
  const rotations = new Rotations({ changes, rows, clock: systemClock, signal, log, rotated });
  const source = { metadata, rows, clock: systemClock };
  const count = (version: number) => versionReferences(source, version);
  const destruction = new Destruction({ changes, rows, folder, clock: systemClock, log, count });
  const watched = (keeper: Keeper): Keeper => watchedKeeper(keeper, failed);
  const resealing = resealingOf({
    changes,
    destruction,
    log,
    first: start.root,
    storeId: rows.storeId,
    data,
    secrets,
    watched,
  });
  const monotonicMs = (): number => performance.now();
  return {
    changes,
    rotations,
    destruction,
    resealing,
    job: rotateKeys({ rotations, policy, monotonicMs }),
  };
}

function keyMetrics({ start, metrics }: MasterKeysOptions) {
  const { keys } = start.store;
  const current = () => {
    const { keyring } = keys.newest;
    return keyring.versions.get(keyring.current);
  };
  metrics.gauge(
    'coffer_master_key_version',
    'The master key version that seals what is written now.',
    () => current()?.version ?? 0,
  );
  metrics.gauge(
    'coffer_master_key_created_timestamp_seconds',
    'When the current master key version was made, since the Unix epoch in seconds.',
    () => (current()?.createdAt.getTime() ?? 0) / 1000,
  );
  const rotated = metrics.counter(
    'coffer_key_rotations_total',
    'Rotations of the master key that this server made.',
  );
  const failed = metrics.counter(
    'coffer_keeper_failures_total',
    'Times that the root of trust did not seal or open a keyring.',
  );
  return { rotated: () => rotated(), failed: () => failed() };
}
