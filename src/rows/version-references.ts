/**
 * What refers to one master key version, by kind and by bucket: a scan of the clear headers of the
 * whole keyspace, as countReferences makes it, begun now. Where the version was no longer current
 * before, the fence lets its references only fall: none of them can come in behind the scan.
 */
import { setImmediate } from 'node:timers/promises';
import { toHex } from '../base/bytes.ts';
import { readHeader, underMasterKey } from '../crypto/envelope.ts';
import type { Entry, Metadata } from '../engines/metadata.ts';
import { BucketNames } from './bucket-names.ts';
import { bucketIdBytes } from './bucket-row.ts';
import type { Counted } from './count-references.ts';
import { type KeyRange, behind } from './keyspace.ts';
import { masterKeyKinds } from './master-key-kinds.ts';
import { masterKeyRanges } from './old-rows.ts';
import { naming } from './row-seals.ts';
import { uploadRow } from './upload-row.ts';
import { versionRow } from './version-row.ts';

export interface VersionReferences {
  /** When the scan began. */
  readonly countedAt: Date;
  /** Rows that were looked at, by kind: all that any master key version seals. */
  readonly scanned: Readonly<Record<string, number>>;
  /** Rows under the version, by kind. */
  readonly rows: Readonly<Record<string, number>>;
  /** Of those, the rows inside buckets: the first buckets that were met, by name. */
  readonly buckets: Readonly<Record<string, number>>;
  readonly total: {
    readonly rows: number;
    readonly objectVersions: number;
    readonly uploads: number;
  };
}

/** A row whose header cannot be read is `Fault('damaged')` and names the row. */
export async function versionReferences(
  source: Counted,
  version: number,
): Promise<VersionReferences> {
  const countedAt = source.clock();
  const scanned = new Tally();
  const rows = new Tally();
  const buckets = new Map<string, Uint8Array>();
  const inBuckets = new Tally();
  for await (const { key, value } of masterKeyRows(source.metadata)) {
    const kind = masterKeyKinds.get(key[0] ?? 0);
    const name = kind?.name ?? `kind ${String(key[0])}`;
    const row = { kind: name, rowKey: key, bucket: undefined, value };
    const header = naming(row, () => readHeader(value));
    if (!underMasterKey(header.scheme)) continue;
    scanned.add(name);
    if (header.keyVersion !== version) continue;
    rows.add(name);
    if (kind?.scheme !== 'bucket') continue;
    const bucketId = key.subarray(1, 1 + bucketIdBytes);
    const id = toHex(bucketId);
    if (!buckets.has(id) && buckets.size < bucketsNamedMax) buckets.set(id, bucketId);
    if (buckets.has(id)) inBuckets.add(id);
  }
  const names = new BucketNames(source);
  const named = new Tally();
  for (const [id, bucketId] of buckets) {
    const found = await names.of(bucketId);
    const shown = found?.shredded === true ? `${found.name} (shredded)` : found?.name;
    named.add(shown ?? `(no name) ${id}`, inBuckets.of(id));
  }
  return {
    countedAt,
    scanned: scanned.counts(),
    rows: rows.counts(),
    buckets: named.counts(),
    total: {
      rows: rows.sum(),
      objectVersions: rows.of(versionRow.name),
      uploads: rows.of(uploadRow.name),
    },
  };
}

const pageRows = 1_000;
/** More do not fit into a sentence. */
const bucketsNamedMax = 20;

async function* masterKeyRows(metadata: Metadata): AsyncGenerator<Entry, void, void> {
  for (const range of masterKeyRanges) {
    for (let start: Uint8Array | undefined = range.start; start !== undefined;) {
      const page: readonly Entry[] = await readPage(metadata, { start, end: range.end });
      yield* page;
      const last = page.at(-1);
      start = last === undefined || page.length < pageRows ? undefined : behind(last.key);
      // An embedded engine reads without waiting: the requests of this process get their turn.
      await setImmediate();
    }
  }
}

async function readPage(metadata: Metadata, range: KeyRange): Promise<readonly Entry[]> {
  using snapshot = metadata.snapshot();
  return await snapshot.range({ ...range, limit: pageRows });
}

class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.#counts.set(name, this.of(name) + count);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  sum(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
