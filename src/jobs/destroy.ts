/**
 * Destruction of a master key version, with proof: a scan that was begun after the version stopped
 * being current finds nothing under it, a keyring without it comes in force, and the transaction
 * that says so writes the signed record. What could undo it goes next: the root key, where the
 * keeper can renew it, and every older keyring file. A second record says that this is done; until
 * it stands there is work to do, and the next start does it.
 */
import { basename } from 'node:path';
import type { Log } from '../base/log.ts';
import { Fault, Refusal } from '../base/refusal.ts';
import { type Clock, isoTime } from '../base/time.ts';
import { toHex } from '../base/bytes.ts';
import { removeFiles } from '../keys/durable-file.ts';
import type { Keeper, KeeperRenewal } from '../keys/keeper.ts';
import { keyringPath, listKeyringFiles } from '../keys/keyring-file.ts';
import { type Keyring, type LiveMasterKey, destroyVersion } from '../keys/keyring.ts';
import type { RowTransaction, Rows } from '../rows/rows.ts';
import {
  type ReadRecord,
  type SignedRecord,
  putRecord,
  readRecords,
} from '../rows/signed-records.ts';
import type { VersionReferences } from '../rows/version-references.ts';
import type { KeyringChanges } from './keyring-changes.ts';
import type { Job } from './run.ts';

export interface DestructionParts {
  readonly changes: KeyringChanges;
  readonly rows: Rows;
  /** Where the keyring files lie. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Scans the keyspace for what refers to a version. */
  readonly count: (version: number) => Promise<VersionReferences>;
}

export interface Destroyed {
  readonly record: SignedRecord;
  /** What the operator must do now, if anything. */
  readonly notice: string | undefined;
}

/** What is left to do after a version was destroyed, and was done now. */
export interface Finished {
  readonly versions: readonly number[];
  readonly removed: readonly string[];
  readonly notice: string | undefined;
}

export class Destruction {
  readonly #parts: DestructionParts;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: DestructionParts) {
    this.#parts = parts;
  }

  /**
   * Destroys a retained version that nothing refers to. Refused, with what is in the way, for every
   * other: then nothing is changed.
   */
  destroy(version: number): Promise<Destroyed> {
    return this.inTurn(() => this.#destroy(version));
  }

  /** Does what a destruction that was cut off left to be done. Doing so again does nothing. */
  finish(): Promise<Finished | undefined> {
    return this.inTurn(async () => {
      const finished = await this.#finish();
      if (finished?.notice !== undefined) this.#parts.log.warn(finished.notice);
      return finished;
    });
  }

  /** One at a time: a root key is renewed by one, and is in its place before the next. */
  inTurn<T>(action: () => Promise<T>): Promise<T> {
    const outcome = this.#turn.then(action);
    this.#turn = outcome.then(nothing, nothing);
    return outcome;
  }

  async #destroy(version: number): Promise<Destroyed> {
    const { changes, folder } = this.#parts;
    const { keyring } = changes.keys.newest;
    const doomed = destroyable(keyring, version);
    // Begun only now: the keyring in force calls the version retained.
    const references = await this.#parts.count(version);
    if (references.total.rows > 0) throw stillReferenced(version, references);
    const older = (await listKeyringFiles(folder)).map(({ path }) => basename(path));
    const { keeper } = changes;
    const renewal = await renewed(keeper);
    const madeAt = this.#parts.clock();
    const facts = { doomed, references, older, keeper, renewed: renewal !== undefined };
    let record: SignedRecord | undefined;
    const changing = changes.change({
      next: (current) =>
        current.versions.get(version)?.state === 'retained'
          ? destroyVersion(current, version)
          : undefined,
      with: async (transaction, next) => {
        const kits = await kitsWith(transaction, next, version);
        record = putRecord(transaction, next, {
          kind: 'master-key-destroyed',
          madeAt,
          facts: recordOf(next, { ...facts, kits }),
        });
        return true;
      },
      ...(renewal && { keeper: renewal.keeper }),
    });
    const outcome = await changing.catch(async (error: unknown) => {
      // A key that lay about unused would be no fresh one at the next attempt.
      if (this.#isUndone(version, error)) await renewal?.discard();
      throw error;
    });
    if (outcome !== 'done' || record === undefined) {
      await renewal?.discard();
      throw unfit(`Master key version ${version} was destroyed by another process meanwhile.`);
    }
    this.#parts.log.warn('a master key version was destroyed', { version, record: record.id });
    const placed = await renewal?.place();
    const finished = await this.#finish();
    const notice = placed ?? finished?.notice;
    if (notice !== undefined) this.#parts.log.warn(notice);
    return { record, notice };
  }

  /** Whether nothing came in force, for certain, where a change ended so. */
  #isUndone(version: number, error: unknown): boolean {
    if (error instanceof Fault && error.kind === 'unknown') return false;
    return this.#parts.changes.keys.newest.keyring.versions.get(version)?.state === 'retained';
  }

  async #finish(): Promise<Finished | undefined> {
    const { changes, rows, folder, clock, log } = this.#parts;
    const { keyring, reference } = changes.keys.newest;
    const unfinished = await this.#unfinished(keyring);
    if (unfinished.length === 0) return undefined;
    const notice = await changes.keeper.settle?.();
    const inForce = basename(keyringPath(folder, reference));
    const removed = (await listKeyringFiles(folder))
      // A newer one is on its way to be in force, made from the one that is.
      .filter(({ generation }) => generation <= reference.generation)
      .map(({ path }) => basename(path))
      .filter((name) => name !== inForce);
    await removeFiles(folder, removed);
    const versions = unfinished.map(({ facts }) => Number(facts['version']));
    await rows.transact(async (transaction) => {
      for (const { id, facts } of unfinished) {
        putRecord(transaction, keyring, {
          kind: 'master-key-destruction-completed',
          madeAt: clock(),
          facts: {
            version: facts['version'],
            completes: id,
            keyringFileInForce: inForce,
            ...listed('removed', 'Now', removed),
            statement:
              'The keyring files that the record of the destruction lists are removed, and so is every other file of an older generation.',
          },
        });
      }
    });
    log.info('older keyring files are removed', {
      versions: versions.join(' '),
      files: removed.length,
    });
    return { versions, removed, notice };
  }

  /** Records of destructions that no record calls completed. */
  async #unfinished(keyring: Keyring): Promise<readonly ReadRecord[]> {
    using view = this.#parts.rows.view();
    const records = await readRecords(view, keyring);
    const of = (kind: string): ReadRecord[] =>
      records.filter(({ facts }) => facts['record'] === kind);
    const completed = new Set(
      of('master-key-destruction-completed').map(({ facts }) => facts['completes']),
    );
    return of('master-key-destroyed').filter(({ id }) => !completed.has(id));
  }
}

/** Soon after the start, and now and then in case it did not succeed. */
export function finishDestruction(destruction: Destruction): Job {
  return {
    name: 'finish-destruction',
    everyMs: 60 * 60_000,
    run: async () => {
      const finished = await destruction.finish();
      return finished && { versions: finished.versions.length, files: finished.removed.length };
    },
  };
}

/** The version, or the refusal that says why it cannot be destroyed whatever refers to it. */
function destroyable({ versions, current }: Keyring, version: number): LiveMasterKey {
  const key = versions.get(version);
  if (key === undefined) {
    throw unfit(
      `There is no master key version ${version}: versions go from 1 to ${versions.size}.`,
    );
  }
  if (key.state === 'destroyed') throw unfit(`Master key version ${version} is destroyed already.`);
  if (key.state === 'prepared') {
    throw unfit(`Master key version ${version} is prepared: it is about to become current.`);
  }
  if (version === current) {
    const way = 'rotate first (coffer keys rotate), then re-wrap (coffer keys rewrap)';
    throw unfit(`Master key version ${version} is current and seals what is written now: ${way}.`);
  }
  return key;
}

const unfit = (message: string): Refusal => new Refusal('InvalidArgument', { message });

function stillReferenced(version: number, { total, rows, buckets }: VersionReferences): Refusal {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const inside = Object.keys(buckets).length === 0 ? '' : ` Rows by bucket: ${list(buckets)}.`;
  return new Refusal('StillReferenced', {
    message:
      `Master key version ${version} is not destroyed: ${total.rows} rows still need it, ` +
      `${total.objectVersions} object versions and ${total.uploads} uploads among them. ` +
      `Rows by kind: ${list(rows)}.${inside} ` +
      'Move them with "coffer keys rewrap"; those of a shredded bucket go by themselves.',
  });
}

/** A fresh root of trust, where the keeper can; where it should and cannot now, nothing is begun. */
async function renewed(keeper: Keeper): Promise<KeeperRenewal | undefined> {
  return keeper.renew?.().catch((error: Error) => {
    throw new Refusal('InvalidRequest', {
      message: `Nothing was destroyed: the root of trust could not be renewed, and an older keyring file could have undone it. ${error.message}.`,
    });
  });
}

/** Recovery kits that this store knows to hold the version. */
async function kitsWith(
  transaction: RowTransaction,
  keyring: Keyring,
  version: number,
): Promise<readonly object[]> {
  const records = await readRecords(transaction, keyring);
  return records
    .filter(({ facts }) => facts['record'] === 'recovery-kit')
    .filter(({ facts }) => (facts['versions'] as unknown[] | undefined)?.includes(version))
    .map(({ id, madeAt, facts }) => ({ record: id, kit: facts['kit'], madeAt: isoTime(madeAt) }));
}

/** A record is one row: of more than so many it holds the first, and how many more there are. */
const listedMax = 1_000;

function listed(
  name: string,
  end: string,
  all: readonly unknown[],
): Readonly<Record<string, unknown>> {
  const more = all.length - listedMax;
  return {
    [name + end]: all.slice(0, listedMax),
    ...(more > 0 && { [`${name}More`]: more }),
  };
}

interface Told {
  readonly doomed: LiveMasterKey;
  readonly references: VersionReferences;
  readonly older: readonly string[];
  readonly keeper: Keeper;
  readonly renewed: boolean;
  readonly kits: readonly object[];
}

function recordOf(next: Keyring, told: Told): object {
  const { doomed, references, older, keeper, kits } = told;
  return {
    version: doomed.version,
    keyId: toHex(doomed.keyId),
    createdAt: isoTime(doomed.createdAt),
    keyringGeneration: next.generation,
    coverage: {
      countedAt: isoTime(references.countedAt),
      rowsScanned: references.scanned,
      references: references.total.rows,
    },
    keeper: { ...keeper.description, renewed: told.renewed },
    ...listed('keyringFiles', 'ToRemove', older),
    ...listed('recoveryKits', '', kits.toReversed()),
    statement: statementOf(told.renewed),
  };
}

function statementOf(isRenewed: boolean): string {
  const root = isRenewed
    ? 'The root of trust was renewed: what it is from now on opens no older keyring file, wherever copies of those are.'
    : 'The root of trust was not renewed: a copy of an older keyring file still opens with it.';
  return (
    'No row of the store is sealed under this version, and the keyring in force does not hold it. ' +
    `${root} Not reached by this: backups of the data folder and of the root of trust as they were before, ` +
    'the recovery kits listed and any made without this store; whoever has them can read what they hold until they are destroyed too.'
  );
}

const nothing = (): void => undefined;
