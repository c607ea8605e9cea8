/**
 * Finds the rows under master key versions that are not current, by their clear headers alone
 * (FORMAT.md §4): no key is needed and nothing is opened, so a store in which little is left to be
 * moved is walked at the speed of reading. Payload and manifest rows, most of the bytes, are not
 * even read: data keys seal them.
 */
import { Fault } from '../base/refusal.ts';
import { readHeader, underMasterKey } from '../crypto/envelope.ts';
import type { Entry, Metadata } from '../engines/metadata.ts';
import { policyRow } from './bucket-config-row.ts';
import { bucketRow } from './bucket-row.ts';
import { headRow } from './head-row.ts';
import { type KeyRange, behind, bucketPrefix, rangeOf } from './keyspace.ts';
import { manifestCode } from './manifest-row.ts';
import { partRow } from './part-row.ts';
import { payloadCode } from './payload-row.ts';
import { naming } from './row-seals.ts';
import { tombstoneRow } from './tombstone-row.ts';
import { uploadRow } from './upload-row.ts';
import { versionRow } from './version-row.ts';

/** One page: what of it is old, and where the next one begins. */
export interface OldRows {
  /** Rows that were read. */
  readonly read: number;
  readonly keys: readonly Uint8Array[];
  /** Names of rows whose header cannot be read. */
  readonly unreadable: readonly string[];
  /** Undefined at the end of the range. */
  readonly next: Uint8Array | undefined;
}

/** The old rows among the first `limit` of a range. */
export async function readOldRows(
  metadata: Metadata,
  { range, limit, current }: RangeToRead,
): Promise<OldRows> {
  const page = await readPage(metadata, range, limit);
  const keys: Uint8Array[] = [];
  const unreadable: string[] = [];
  for (const entry of page) {
    const version = keyVersionOf(entry);
    if (typeof version === 'string') unreadable.push(version);
    else if (version !== 0 && version !== current) keys.push(entry.key);
  }
  const last = page.at(-1);
  const next = last === undefined || page.length < limit ? undefined : behind(last.key);
  return { read: page.length, keys, unreadable, next };
}

interface RangeToRead {
  readonly range: KeyRange;
  readonly limit: number;
  /** The version that is current. */
  readonly current: number;
}

/** Everything that master keys seal, in two ranges around what data keys seal. */
export const masterKeyRanges: readonly KeyRange[] = [
  { start: Buffer.of(0x00), end: Buffer.of(Math.min(manifestCode, payloadCode)) },
  { start: Buffer.of(Math.max(manifestCode, payloadCode) + 1), end: Buffer.of(0xff) },
];

/** A bucket's row and everything in it. */
export function bucketRanges(name: string, bucketId: Uint8Array): readonly KeyRange[] {
  const inside = [policyRow, headRow, versionRow, uploadRow, partRow, tombstoneRow];
  return [
    rowRange(bucketRow.encodeKey(name)),
    ...inside.map(({ code }) => rangeOf(bucketPrefix(code, bucketId))),
  ];
}

/** What belongs to the object keys that begin with `prefix`: all but results of old uploads. */
export async function* prefixRanges(
  metadata: Metadata,
  bucketId: Uint8Array,
  prefix: string,
): AsyncGenerator<KeyRange, void, void> {
  for (const { code } of [headRow, versionRow]) yield rangeOf(bucketPrefix(code, bucketId, prefix));
  const uploads = rangeOf(bucketPrefix(uploadRow.code, bucketId, prefix));
  yield uploads;
  let start: Uint8Array | undefined = uploads.start;
  while (start !== undefined) {
    const page: readonly Entry[] = await readPage(metadata, { ...uploads, start }, uploadsAtOnce);
    for (const { key } of page) {
      const { uploadId } = uploadRow.decodeKey(key);
      yield rangeOf(Buffer.concat([bucketPrefix(partRow.code, bucketId), uploadId]));
    }
    const last: Entry | undefined = page.at(-1);
    start = last === undefined || page.length < uploadsAtOnce ? undefined : behind(last.key);
  }
}

const uploadsAtOnce = 100;

const rowRange = (key: Uint8Array): KeyRange => ({ start: key, end: behind(key) });

async function readPage(
  metadata: Metadata,
  range: KeyRange,
  limit: number,
): Promise<readonly Entry[]> {
  using snapshot = metadata.snapshot();
  return await snapshot.range({ ...range, limit });
}

/** 0 where no master key seals the row; its name where its header cannot be read. */
function keyVersionOf({ key, value }: Entry): number | string {
  try {
    const row = { kind: 'unreadable', rowKey: key, bucket: undefined, value };
    const header = naming(row, () => readHeader(value));
    return underMasterKey(header.scheme) ? header.keyVersion : 0;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
    return error.message;
  }
}
