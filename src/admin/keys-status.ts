/**
 * The proof that master keys are what they are said to be: every version of the keyring with its
 * state, its wraps and what still refers to it, counted now. Works over any opened store: in a
 * server, and in a command where no server runs.
 */
import { isoTime } from '../base/time.ts';
import type { KeyReferences, ReferenceCount } from '../keys/key-references.ts';
import type { Keyring, MasterKey } from '../keys/keyring.ts';
import { nextRotation, type RotationPolicy } from '../keys/rotation-due.ts';
import type { KeeperReport, KeysStatus, KeyVersionReport } from './contract.ts';

export interface KeysStatusSources {
  /** The keyring in force. */
  keyring(): Keyring;
  readonly policy: RotationPolicy;
  /** Scans the keyspace. */
  count(): Promise<ReferenceCount>;
  /** Asks the keeper. */
  keeper(): Promise<KeeperReport>;
}

/** The status, for as many who ask as there are: a scan that runs is shared by all who wait. */
export function keysStatusOf(sources: KeysStatusSources): () => Promise<KeysStatus> {
  let running: Promise<KeysStatus> | undefined;
  return () => {
    running ??= readStatus(sources).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function readStatus(sources: KeysStatusSources): Promise<KeysStatus> {
  const [counted, keeper] = await Promise.all([sources.count(), sources.keeper()]);
  const { current, versions } = sources.keyring();
  const createdAt = versions.get(current)?.createdAt;
  return {
    current,
    nextRotation: createdAt ? isoTime(nextRotation(createdAt, sources.policy)) : null,
    countedAt: isoTime(counted.countedAt),
    keeper,
    versions: [...versions.values()].map((key) => versionReport(key, counted)),
  };
}

const noReferences: KeyReferences = { objectVersions: 0, uploads: 0, rows: 0 };

function versionReport(key: MasterKey, { references, wraps }: ReferenceCount): KeyVersionReport {
  const { version, state, createdAt } = key;
  const { objectVersions, uploads, rows } = references.get(version) ?? noReferences;
  return {
    version,
    state,
    createdAt: isoTime(createdAt),
    wraps: wraps.get(version) ?? 0,
    references: { objectVersions, uploads, rows },
  };
}
