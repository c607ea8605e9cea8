/**
 * What must hold after every kill: the store opens as a server opens it and finishes what was begun;
 * exactly one version is current; nothing refers to a version that is destroyed, and each has its
 * signed record; every row, segment and twin is sound; everything that was acknowledged is there byte
 * for byte, and what was not is there whole or not at all.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { systemClock as clock } from '../../src/base/time.ts';
import { listKeyringFiles } from '../../src/keys/keyring-file.ts';
import { countReferences } from '../../src/rows/count-references.ts';
import { readRecords } from '../../src/rows/signed-records.ts';
import { storeEvidence } from '../../src/store-evidence.ts';
import { crashHouse, keyringsOf, type CrashHouse } from './house.ts';
import { type Body, Ledger, type Place as InStore, bodyAmong } from './ledger.ts';
import type { Place } from './plan.ts';
import { houseClient } from './house-client.ts';
import { type Client, readPlace } from './writing.ts';

export interface Inspected {
  /** Versions of the master key, by state, before anything was finished. */
  readonly states: string;
  readonly versions: number;
  /** Objects that were read. */
  readonly objects: number;
  /** Keyring files that no row names. */
  readonly leftFiles: number;
  /** Uploads in progress that were begun under a version that is destroyed. */
  readonly outliving: readonly string[];
}

/** Opens the store and holds it to all of this. Then what was found is what the ledger says. */
export async function inspect(place: Place): Promise<Inspected> {
  await using house = await crashHouse(place);
  const states = statesOf(house);
  const leftFiles = (await filesOf(place)).filter((name) => !inForce(house, name)).length;
  await assertOpens(house);
  await house.finish();
  assert.equal(statesOf(house).prepared, 0, 'a rotation that was cut off is ended');
  await assertOpens(house);
  await assertRecords(house, place);
  const ledger = new Ledger(place.ledger);
  const objects = await settle(ledger, houseClient(house));
  return {
    states: states.prepared === 1 ? 'prepared' : 'settled',
    versions: house.keys.changes.keys.newest.keyring.versions.size,
    objects,
    leftFiles,
    outliving: outlivingOf(house, ledger),
  };
}

/** Reads every place and every upload that the ledger knows, and settles what there may be. */
export async function settle(ledger: Ledger, client: Client): Promise<number> {
  const found = new Map<InStore, Body>();
  for (const [name, bodies] of ledger.allowed()) {
    found.set(name, bodyAmong(await readPlace(client, name), name, bodies));
  }
  for (const bucket of ledger.shredding) {
    const inside = [...found].filter(([name]) => name.startsWith(`${bucket}/`));
    const gone = inside.filter(([, body]) => body === null).length;
    assert.ok(gone === 0 || gone === inside.length, `${bucket} is shredded by half`);
  }
  for (const { place, uploadId, etag, body, completing } of ledger.uploads) {
    const [bucket = '', key = ''] = place.split('/');
    const parts = await client.parts(bucket, key, uploadId);
    const completed = completing && found.get(place) === body;
    assert.deepEqual(parts, completed ? undefined : [etag], `the upload of ${place}`);
  }
  ledger.settle(found);
  return found.size;
}

/** Uploads that go on although the version that was current when they began is destroyed. */
function outlivingOf({ start }: CrashHouse, { uploads }: Ledger): readonly string[] {
  const { versions } = start.store.keys.newest.keyring;
  return uploads
    .filter(({ since }) => versions.get(since)?.state === 'destroyed')
    .map(({ uploadId }) => uploadId);
}

function statesOf({ keys }: CrashHouse) {
  const count = { prepared: 0, current: 0, retained: 0, destroyed: 0 };
  const { keyring } = keys.changes.keys.newest;
  for (const { version, state } of keyring.versions.values()) {
    count[state] += 1;
    assert.equal(state === 'current', version === keyring.current, `version ${version}`);
  }
  assert.equal(count.current, 1, 'exactly one version is current');
  assert.ok(count.prepared <= 1, 'at most one version is prepared');
  return count;
}

async function assertOpens(house: CrashHouse): Promise<void> {
  const { metadata, rows, keys } = house.start.store;
  const { references } = await countReferences({ metadata, rows, clock });
  for (const [version, { rows: count }] of references) {
    const state = keys.newest.keyring.versions.get(version)?.state ?? 'unknown';
    const unfit = state === 'destroyed' || state === 'unknown' || state === 'prepared';
    assert.ok(count === 0 || !unfit, `${count} rows are under version ${version}, ${state}`);
  }
  const { verify } = storeEvidence(house.start.store);
  let after: string | undefined;
  do {
    const page = await verify({ deep: true, after });
    assert.deepEqual(page.findings, [], 'everything opens and fits together');
    after = page.next;
  } while (after !== undefined);
}

/** Each destroyed version has its record, completed, and nothing is left that could undo it. */
async function assertRecords(house: CrashHouse, place: Place): Promise<void> {
  const { keyring } = house.start.store.keys.newest;
  using view = house.start.store.rows.view();
  const records = await readRecords(view, keyring);
  for (const { id, verified } of records) assert.ok(verified, `record ${id} is not signed`);
  const told = (kind: string): unknown[] =>
    records.filter(({ facts }) => facts['record'] === kind).map(({ facts }) => facts['version']);
  const destroyed = [...keyring.versions.values()].filter(({ state }) => state === 'destroyed');
  const numbers = destroyed.map(({ version }) => version);
  const sorted = (kind: string) => told(kind).toSorted((a, b) => Number(a) - Number(b));
  assert.deepEqual(sorted('master-key-destroyed'), numbers);
  assert.deepEqual(sorted('master-key-destruction-completed'), numbers);
  if (house.keeper.startsWith('file:')) {
    const rootKey = house.keeper.slice('file:'.length);
    const [folder, name] = [dirname(rootKey), basename(rootKey)];
    const drafts = readdirSync(folder).filter(
      (file) => file.endsWith('.new') && file.includes(name),
    );
    assert.deepEqual(drafts, [], 'no second root key is left');
  }
  const generations = records.map(({ facts }) => Number(facts['keyringGeneration'] ?? 0));
  const since = Math.max(0, ...generations);
  const kept = new Set(records.map(({ facts }) => facts['keyringFileInForce']));
  for (const name of await filesOf(place)) {
    const harmless = Number(name.split('-')[1]) > since || kept.has(name) || inForce(house, name);
    assert.ok(harmless, `${name} could undo a destruction`);
  }
}

async function filesOf({ data }: Place): Promise<readonly string[]> {
  return (await listKeyringFiles(keyringsOf(data))).map(({ path }) => basename(path));
}

function inForce({ start }: CrashHouse, name: string): boolean {
  const { generation, digest } = start.store.keys.newest.reference;
  return name === `keyring-${generation}-${Buffer.from(digest).toString('hex').slice(0, 16)}`;
}
