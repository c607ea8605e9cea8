/** A store on disk whose keyring changes as a server's does, closed and opened again at will. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { openLog } from '../src/base/log.ts';
import { systemClock as clock } from '../src/base/time.ts';
import { parseSettings } from '../src/config/settings.ts';
import { Destruction } from '../src/jobs/destroy.ts';
import { Presence } from '../src/jobs/presence.ts';
import { KeyringChanges } from '../src/jobs/keyring-changes.ts';
import type { Keeper } from '../src/keys/keeper.ts';
import { listKeyringFiles } from '../src/keys/keyring-file.ts';
import { activatePrepared, addVersion } from '../src/keys/keyring.ts';
import { type Start, keyringFolder, startStore } from '../src/open-store.ts';
import { openDataFolder } from '../src/process/data-folder.ts';
import { masterKeyRanges } from '../src/rows/old-rows.ts';
import { rewrapRows } from '../src/rows/rewrap.ts';
import { type Rows, readKeyringReference } from '../src/rows/rows.ts';
import { type ReadRecord, readRecords } from '../src/rows/signed-records.ts';
import { versionReferences } from '../src/rows/version-references.ts';
import { createStore } from '../src/store/create-store.ts';
import type { Store } from '../src/store/store.ts';

/** What stands between the parts, to fail where a test wants it. */
export interface Between {
  readonly keeper?: (keeper: Keeper) => Keeper;
  readonly rows?: (rows: Rows) => Rows;
  readonly hand?: () => void;
}

export interface KeyringHouse extends AsyncDisposable {
  readonly start: Start;
  readonly rows: Rows;
  readonly store: Store;
  readonly changes: KeyringChanges;
  readonly destruction: Destruction;
  /** Makes and activates a version, as a rotation does. */
  rotate(): Promise<void>;
  /** Moves every row to the current version. */
  rewrap(): Promise<void>;
  records(): Promise<readonly ReadRecord[]>;
  keyringFiles(): Promise<readonly string[]>;
}

const pace = {
  turn: async () => ({ rows: 100, headers: 1_000, transactions: 1 }),
  held: () => undefined,
  committed: () => undefined,
};
const progress = {
  moved: () => undefined,
  unmoved: (_: number, names: readonly string[]) => assert.deepEqual(names, []),
  passed: () => undefined,
};

/** Opens the store of the folder, or makes it. Its root key is beside it. */
export async function keyringHouse(data: string, between: Between = {}): Promise<KeyringHouse> {
  using parts = new DisposableStack();
  const folder = parts.use(await openDataFolder({ path: data, keeperGiven: true }));
  const settings = parseSettings(['--data', data], {}, '/');
  const start = await startStore({
    data: folder.path,
    keeper: settings.keeper,
    how: { secrets: settings.keeperSecrets, askSecret: undefined },
    region: 'us-east-1',
    given: undefined,
    onFailure: () => undefined,
  });
  const { keys, metadata, blobs } = start.store;
  const rows = between.rows?.(start.store.rows) ?? start.store.rows;
  const keyrings = keyringFolder(data);
  const log = openLog({ level: 'error', format: 'json' });
  const presence = new Presence(start.store.rows, log);
  const changes = new KeyringChanges({
    rows,
    keys,
    folder: keyrings,
    keeper: between.keeper?.(start.keeper) ?? start.keeper,
    clock,
    inForce: () => readKeyringReference(metadata),
    hand: () => {
      between.hand?.();
      presence.tell();
    },
  });
  const count = (version: number) => versionReferences({ metadata, rows, clock }, version);
  const destruction = new Destruction({ changes, rows, folder: keyrings, clock, log, count });
  const held = parts.move();
  return {
    start,
    rows: start.store.rows,
    store: createStore({ rows: start.store.rows, blobs, clock }),
    changes,
    destruction,
    rotate: async () => {
      await changes.change({ next: (keyring) => addVersion(keyring, clock()) });
      await changes.change({ next: activatePrepared });
    },
    rewrap: async () => {
      const source = { metadata, rows: start.store.rows, keys };
      assert.ok(await rewrapRows(source, masterKeyRanges, { pace, progress }));
    },
    records: async () => {
      using view = start.store.rows.view();
      return await readRecords(view, keys.newest.keyring);
    },
    keyringFiles: async () => (await listKeyringFiles(keyrings)).map(({ path }) => basename(path)),
    [Symbol.asyncDispose]: async () => {
      await presence.end();
      await start.store.close();
      held.dispose();
    },
  };
}
