/** Which version a request means: the current one, or the one that it names. */
import { Fault } from '../../base/refusal.ts';
import { type HeadRow, headRow } from '../../rows/head-row.ts';
import type { BucketReads, OpenBucket } from '../../rows/rows.ts';
import { type VersionRow, versionRow } from '../../rows/version-row.ts';
import { missingVersion } from '../history.ts';
import type { ReadInput } from '../objects.ts';
import { markerNotAllowed, noSuchKey, noSuchVersion } from '../refusals.ts';
import { parseVersionId, shownVersionId } from '../version-id.ts';

export interface FoundVersion {
  readonly ordinal: number;
  readonly row: VersionRow;
  readonly head: HeadRow;
  /** As S3 shows it. */
  readonly versionId: string | undefined;
}

/** The version with its bytes; absent ones and delete markers are refused as S3 does. */
export async function findObject(
  reads: BucketReads,
  bucket: OpenBucket,
  input: ReadInput,
): Promise<FoundVersion> {
  const found = await findVersion(reads, bucket, input);
  if (found === undefined) {
    throw input.versionId === undefined
      ? noSuchKey(input.key)
      : noSuchVersion(input.key, input.versionId);
  }
  if (!found.row.marker) return found;
  throw input.versionId === undefined
    ? noSuchKey(input.key, found)
    : markerNotAllowed(found.versionId, found.row.modified);
}

/** The version or marker, or undefined where there is none. */
export async function findVersion(
  reads: BucketReads,
  bucket: OpenBucket,
  { key, versionId }: ReadInput,
): Promise<FoundVersion | undefined> {
  const named = versionId === undefined ? undefined : parseVersionId(versionId);
  const head = await reads.get(headRow, key);
  if (head === undefined) return undefined;
  const ordinal =
    named === undefined ? head.ordinal : named === 'null' ? head.nulls : named.ordinal;
  if (ordinal === undefined) return undefined;
  const row = await reads.get(versionRow, { key, ordinal });
  const shown = (found: VersionRow): FoundVersion => {
    const { versioning } = bucket.row;
    const id = shownVersionId(versioning, { ordinal, id: found.id, null: found.null });
    return { ordinal, row: found, head, versionId: id };
  };
  if (named !== undefined && named !== 'null') {
    // A null version is called null, and by no other name.
    if (row === undefined || row.null || Buffer.compare(row.id, named.id) !== 0) return undefined;
    return shown(row);
  }
  if (row === undefined) throw missingVersion(bucket, key, ordinal);
  const agrees = named === 'null' ? row.null : Buffer.compare(row.id, head.id) === 0;
  if (agrees) return shown(row);
  throw new Fault('damaged', `head and version ${ordinal} of ${JSON.stringify(key)} disagree`);
}
