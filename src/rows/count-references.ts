/**
 * Counts what refers to each master key version: one scan of the clear headers of the keyspace
 * (FORMAT.md §4), page by page in snapshots of their own, so that it never holds an old page. No key
 * is needed and nothing is opened but the process rows, which bound the wraps.
 *
 * A row that is written while the scan runs may be counted or not. Once a version is no longer
 * current its references only fall, so a scan begun after that misses none.
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../base/time.ts';
import { readHeader, underMasterKey } from '../crypto/envelope.ts';
import type { Metadata } from '../engines/metadata.ts';
import type { KeyReferences, ReferenceCount } from '../keys/key-references.ts';
import { type KeyRange, behind } from './keyspace.ts';
import { manifestCode } from './manifest-row.ts';
import { payloadCode } from './payload-row.ts';
import { sumWraps } from './process-rows.ts';
import { naming } from './row-seals.ts';
import type { Rows } from './rows.ts';
import { uploadRow } from './upload-row.ts';
import { versionRow } from './version-row.ts';

export interface Counted {
  readonly metadata: Metadata;
  readonly rows: Rows;
  readonly clock: Clock;
}

/** Counts. A row whose header cannot be read is `Fault('damaged')` and names the row. */
export async function countReferences(counted: Counted): Promise<ReferenceCount> {
  const countedAt = counted.clock();
  const references = new Map<number, Tally>();
  for (const range of masterKeyRanges) await countRange(counted.metadata, range, references);
  return { countedAt, references, wraps: await sumWraps(counted.rows) };
}

type Tally = { -readonly [Name in keyof KeyReferences]: number };

const pageRows = 1_000;

/** Everything but the kinds that an object's data key seals: most of the bytes, no reference. */
const masterKeyRanges: readonly KeyRange[] = [
  { start: Buffer.of(0x00), end: Buffer.of(Math.min(manifestCode, payloadCode)) },
  { start: Buffer.of(Math.max(manifestCode, payloadCode) + 1), end: Buffer.of(0xff) },
];

async function countRange(
  metadata: Metadata,
  range: KeyRange,
  references: Map<number, Tally>,
): Promise<void> {
  let { start } = range;
  for (;;) {
    const page = await readPage(metadata, { start, end: range.end });
    for (const { key, value } of page) {
      const name = { kind: 'counted', rowKey: key, bucket: undefined, value };
      const header = naming(name, () => readHeader(value));
      if (underMasterKey(header.scheme)) add(references, header.keyVersion, key[0]);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    start = behind(last.key);
    // An embedded engine reads without waiting: the requests of this process get their turn.
    await setImmediate();
  }
}

async function readPage(metadata: Metadata, range: KeyRange) {
  using snapshot = metadata.snapshot();
  return snapshot.range({ ...range, limit: pageRows });
}

function add(references: Map<number, Tally>, version: number, kind: number | undefined): void {
  let tally = references.get(version);
  if (tally === undefined) {
    tally = { objectVersions: 0, uploads: 0, rows: 0 };
    references.set(version, tally);
  }
  tally.rows += 1;
  if (kind === versionRow.code) tally.objectVersions += 1;
  if (kind === uploadRow.code) tally.uploads += 1;
}
