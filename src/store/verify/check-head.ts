/** Head rows: each says of its key's newest version what that version says of itself. */
import { type HeadRow, headRow } from '../../rows/head-row.ts';
import { bucketPrefix, encodeString, rangeOf } from '../../rows/keyspace.ts';
import { type VersionRow, versionRow } from '../../rows/version-row.ts';
import { encodeVersionId } from '../version-id.ts';
import { openedElsewhere } from './finding.ts';
import type { LookedAtInside } from './looking.ts';

export async function checkHead(at: LookedAtInside): Promise<void> {
  const { looking, entry, report, bucket } = at;
  const { inspection } = looking;
  const key = report.opened('its key', () => headRow.decodeKey(entry.key));
  if (key === undefined) return;
  report.know({ key });
  const head = report.opened('it', () => inspection.openBucketRow(headRow, entry, bucket));
  if (head === undefined) return;
  report.know({ versionId: head.null ? 'null' : encodeVersionId(head) });
  const front = bucketPrefix(versionRow.code, bucket.row.id);
  const all = rangeOf(Buffer.concat([front, encodeString(key)]));
  const [newest] = await inspection.entries({ ...all, limit: 1 });
  if (newest === undefined) return report.say('there is no version of its key');
  const ordinal = openedElsewhere(() => versionRow.decodeKey(newest.key).ordinal);
  if (ordinal === undefined) return;
  if (head.ordinal !== ordinal) {
    report.say(`it names version ${head.ordinal}, and ${ordinal} is the newest`);
  }
  if (head.top < Math.max(head.ordinal, ordinal)) {
    report.say(`the highest ordinal is ${head.top}, it says, and there is a higher one`);
  }
  const version = openedElsewhere(() => inspection.openBucketRow(versionRow, newest, bucket));
  if (version !== undefined && head.ordinal === ordinal && !agree(head, version)) {
    report.say('it says other things of the newest version than the version itself');
  }
  await checkNulls(at, { key, nulls: head.nulls, newest: ordinal });
}

/** The null version that the head names, where it is another than the newest. */
async function checkNulls(
  { looking, report, bucket }: LookedAtInside,
  head: { readonly key: string; readonly nulls: number | undefined; readonly newest: number },
): Promise<void> {
  const { key, nulls, newest } = head;
  if (nulls === undefined || nulls === newest) return;
  const { inspection } = looking;
  const rowKey = versionRow.encodeKey(bucket.row.id, { key, ordinal: nulls });
  const value = await inspection.sealed(rowKey);
  if (value === undefined) return report.say(`its null version, ${nulls}, is missing`);
  const entry = { key: rowKey, value };
  const version = openedElsewhere(() => inspection.openBucketRow(versionRow, entry, bucket));
  if (version?.null === false) report.say(`the null version it names, ${nulls}, is none`);
}

function agree(head: HeadRow, version: VersionRow): boolean {
  return (
    Buffer.compare(head.id, version.id) === 0 &&
    head.size === version.size &&
    head.etag === version.etag &&
    head.modified.getTime() === version.modified.getTime() &&
    head.marker === version.marker &&
    head.null === version.null &&
    (head.nulls === head.ordinal) === version.null &&
    head.checksumAlgorithm === version.checksum?.algorithm &&
    head.checksumType === version.checksum?.type
  );
}
