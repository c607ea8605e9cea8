/** Processes that may change the keyring of one store: each with rows and keys of its own. */
import { openLog, type Log } from '../src/base/log.ts';
import type { Clock } from '../src/base/time.ts';
import type { Metadata } from '../src/engines/metadata.ts';
import { KeyringChanges } from '../src/jobs/keyring-changes.ts';
import { Presence } from '../src/jobs/presence.ts';
import { Rotations } from '../src/jobs/rotate-keys.ts';
import { createFileKeeper } from '../src/keys/file/file-keeper.ts';
import type { Keeper } from '../src/keys/keeper.ts';
import { writeKeyringFile } from '../src/keys/keyring-file.ts';
import { mintFirstKeyring } from '../src/keys/keyring.ts';
import { KeysInForce, openedKeys, type OpenedKeys } from '../src/keys/keys-in-force.ts';
import { openRows, readKeyringReference, type Rows } from '../src/rows/rows.ts';

export interface KeyringFolder {
  readonly folder: string;
  readonly keeper: Keeper;
  readonly first: OpenedKeys;
}

export interface Changer {
  readonly rows: Rows;
  readonly keys: KeysInForce;
  readonly changes: KeyringChanges;
  readonly rotations: Rotations;
  /** To be ended before the engine is closed. */
  readonly presence: Presence;
}

export interface ChangerOptions extends KeyringFolder {
  readonly metadata: Metadata;
  readonly clock: Clock;
  readonly log?: Log;
  readonly rotated?: () => void;
}

/** A folder with a first keyring, sealed by a root key file beside it. */
export async function keyringFolder(place: string, now: Date): Promise<KeyringFolder> {
  const folder = `${place}/keys`;
  const keeper = await createFileKeeper(`${place}/root-key`);
  const keyring = mintFirstKeyring(keeper.storeId, now);
  const reference = await writeKeyringFile(folder, keyring, keeper);
  return { folder, keeper, first: openedKeys(keyring, reference) };
}

/** A process of the store; the first that asks makes it. It says that it lives. */
export async function changer(options: ChangerOptions): Promise<Changer> {
  const { folder, keeper, first, metadata, clock } = options;
  const keys = new KeysInForce(first);
  const rows = openRows({ metadata, keys, clock });
  await rows.initialise('us-east-1', async () => undefined);
  const { log = openLog({ level: 'error', format: 'json' }), rotated = () => undefined } = options;
  const presence = new Presence(rows, log);
  await presence.begin();
  const changes = new KeyringChanges({
    rows,
    keys,
    folder,
    keeper,
    clock,
    inForce: () => readKeyringReference(metadata),
    hand: () => presence.tell(),
  });
  const { signal } = new AbortController();
  const rotations = new Rotations({ changes, rows, clock, signal, log, rotated });
  return { rows, keys, changes, rotations, presence };
}

/** A log whose lines are looked at. */
export function recordedLog(): { log: Log; lines: () => readonly Record<string, unknown>[] } {
  const written: string[] = [];
  const write = (line: string): void => void written.push(line);
  const nothing = (): void => undefined;
  const destination = { write, flush: nothing, flushSync: nothing };
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log: openLog({ level: 'info', format: 'json', destination }), lines };
}
