/**
 * A data folder opened in this process as the primary opens it, without a port: presence, what is
 * left of processes before it, the keyring's changes, destruction, re-wrap and sweeping.
 */
import assert from 'node:assert/strict';
import { openLog } from '../../src/base/log.ts';
import { openMetrics } from '../../src/base/metrics.ts';
import { systemClock as clock } from '../../src/base/time.ts';
import { Presence } from '../../src/jobs/presence.ts';
import { removeShredded } from '../../src/jobs/remove-shredded.ts';
import { shredBucket } from '../../src/jobs/shred-bucket.ts';
import { masterKeysOf, type MasterKeys } from '../../src/master-keys.ts';
import { keyringFolder, startStore, type Start } from '../../src/open-store.ts';
import { openDataFolder } from '../../src/process/data-folder.ts';
import { bucketContents } from '../../src/rows/bucket-contents.ts';
import { masterKeyRanges } from '../../src/rows/old-rows.ts';
import { type Pace, rewrapRows } from '../../src/rows/rewrap.ts';
import { createStore } from '../../src/store/create-store.ts';
import type { Store } from '../../src/store/store.ts';
import { Sweeper } from '../../src/store/sweeper.ts';
import { keeperInForce, settingsOf } from './keepers.ts';
import type { Place } from './plan.ts';

export interface CrashHouse extends AsyncDisposable {
  readonly start: Start;
  readonly store: Store;
  readonly keys: MasterKeys;
  readonly current: number;
  /** The root of trust that has the keyring, as settings name it. */
  readonly keeper: string;
  /** The account that owns what is made here. */
  readonly account: string;
  rotate(): Promise<void>;
  /** Moves every row to the current version, in small transactions. */
  rewrap(): Promise<void>;
  /** Destroys every version that is retained; what refers to one stops it. */
  destroyRetained(): Promise<void>;
  reseal(to: string): Promise<void>;
  shred(bucket: string): Promise<void>;
  /** What the jobs of a server do soon after its start. */
  finish(): Promise<void>;
}

/** Puts something between the parts; sees the start as it was made. */
export type Between = (start: Start) => Start;

const pace: Pace = {
  turn: async () => ({ rows: 24, headers: 200, transactions: 2 }),
  held: () => undefined,
  committed: () => undefined,
};
const progress = {
  moved: () => undefined,
  unmoved: (_: number, names: readonly string[]) => assert.deepEqual(names, [], 'rows do not open'),
  passed: () => undefined,
};

/** Opens the store in the folder, or makes it. */
export async function crashHouse(place: Place, between: Between = (same) => same) {
  const { data } = place;
  const settings = settingsOf(place, await keeperInForce(place));
  using parts = new DisposableStack();
  const folder = parts.use(await openDataFolder({ path: data, keeperGiven: true }));
  const start = between(
    await startStore({
      data: folder.path,
      keeper: settings.keeper,
      how: { secrets: settings.keeperSecrets, askSecret: undefined },
      region: 'us-east-1',
      given: undefined,
      onFailure: (fault) => {
        throw fault;
      },
    }),
  );
  const { rows, keys, metadata, blobs } = start.store;
  const log = openLog({ level: 'error', format: 'json' });
  const presence = new Presence(rows, log);
  await presence.begin();
  await presence.clearOthers();
  const sweeper = new Sweeper({ rows, blobs, clock });
  const gone = await sweeper.reservationHolders();
  const stopping = new AbortController();
  const { signal } = stopping;
  const master = masterKeysOf({
    start,
    data,
    policy: settings.rotation,
    secrets: settings.keeperSecrets,
    log,
    metrics: openMetrics({ version: 'test' }),
    hand: () => presence.tell(),
    signal,
  });
  const current = (): number => keys.newest.keyring.current;
  using view = rows.view();
  const root = await start.store.accounts.named(view, 'default');
  assert.ok(root, 'the account of the first start');
  const held = parts.move();
  const house: CrashHouse = {
    start,
    store: createStore({ rows, blobs, clock }),
    keys: master,
    get keeper() {
      const { kind, location } = master.resealing.root().keeper.description;
      return `${kind}:${location}`;
    },
    account: root.id,
    get current() {
      return current();
    },
    rotate: async () => void (await master.rotations.rotate(current(), 'asked')),
    rewrap: async () => {
      assert.ok(await rewrapRows({ metadata, rows, keys }, masterKeyRanges, { pace, progress }));
    },
    destroyRetained: async () => {
      for (const { version, state } of keys.newest.keyring.versions.values()) {
        if (state === 'retained') await master.destruction.destroy(version);
      }
    },
    reseal: async (to) => void (await master.resealing.reseal(to, undefined)),
    shred: async (bucket) => {
      const count = (id: Uint8Array) => bucketContents(metadata, id);
      await shredBucket({ changes: master.changes, rows, clock, count }, bucket);
      await removeShredded({ rows, clock, signal }).run();
    },
    finish: async () => {
      await master.job.run();
      await master.destruction.finish();
      await removeShredded({ rows, clock, signal }).run();
      await sweeper.settleReservations(gone);
      await sweeper.emptyTrash(0);
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await presence.end();
      await start.store.close();
      held.dispose();
    },
  };
  return house;
}

/** Where the keyring files of a data folder lie. */
export const keyringsOf = keyringFolder;
