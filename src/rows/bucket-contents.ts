/**
 * What a bucket holds, as the clear parts of its rows tell: counted by keys and headers, page by page
 * in snapshots of their own, without opening anything. Sizes of objects are sealed, so the bytes of
 * files are not known here; those of small objects are, as they travel in rows.
 */
import { setImmediate } from 'node:timers/promises';
import type { Entry, Metadata } from '../engines/metadata.ts';
import { type KeyRange, behind, bucketPrefix, rangeOf } from './keyspace.ts';
import { payloadCode } from './payload-row.ts';
import { bucketKindCodes, isTwin } from './shredded-rows.ts';
import { uploadRow } from './upload-row.ts';
import { versionRow } from './version-row.ts';

export interface BucketContents {
  /** Rows of every kind. */
  readonly rows: number;
  /** Delete markers among them. */
  readonly objectVersions: number;
  readonly uploads: number;
  /** Small objects and parts, and their sealed bytes. */
  readonly inline: { readonly count: number; readonly sealedBytes: number };
  /** Blob files, and delete markers, which have a twin too. */
  readonly twins: number;
}

export async function bucketContents(
  metadata: Metadata,
  bucketId: Uint8Array,
): Promise<BucketContents> {
  const counted = { rows: 0, objectVersions: 0, uploads: 0, twins: 0 };
  const inline = { count: 0, sealedBytes: 0 };
  for (const code of bucketKindCodes) {
    for await (const entry of entriesOf(metadata, rangeOf(bucketPrefix(code, bucketId)))) {
      counted.rows += 1;
      if (code === versionRow.code) counted.objectVersions += 1;
      if (code === uploadRow.code) counted.uploads += 1;
      if (code !== payloadCode) continue;
      if (isTwin(entry)) counted.twins += 1;
      else {
        inline.count += 1;
        inline.sealedBytes += entry.value.length;
      }
    }
  }
  return { ...counted, inline };
}

/** Pages of payload rows are some MiB. */
const pageRows = 250;

async function* entriesOf(
  metadata: Metadata,
  { start: first, end }: KeyRange,
): AsyncGenerator<Entry, void, void> {
  for (let start: Uint8Array | undefined = first; start !== undefined;) {
    const page: readonly Entry[] = await readPage(metadata, { start, end });
    yield* page;
    const last = page.at(-1);
    start = last === undefined || page.length < pageRows ? undefined : behind(last.key);
    await setImmediate();
  }
}

async function readPage(metadata: Metadata, range: KeyRange): Promise<readonly Entry[]> {
  using snapshot = metadata.snapshot();
  return await snapshot.range({ ...range, limit: pageRows });
}
