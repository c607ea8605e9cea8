/**
 * Head rows: each says of its key's newest version what that version says of itself. They are opened
 * beside that version, once; a head without versions is told of where it stands.
 */
import { readHeader } from '../../crypto/envelope.ts';
import { type HeadRow, headRow } from '../../rows/head-row.ts';
import { bucketPrefix, encodeString, printableKey, rangeOf } from '../../rows/keyspace.ts';
import { type VersionRow, versionRow } from '../../rows/version-row.ts';
import { type Finding, openedElsewhere } from './finding.ts';
import type { LookedAtInside } from './looking.ts';

/** At the head row itself. */
export async function checkHead(at: LookedAtInside): Promise<void> {
  const { looking, entry, report, bucket } = at;
  const { inspection } = looking;
  const key = report.opened('its key', () => headRow.decodeKey(entry.key));
  if (key === undefined) return;
  report.know({ key });
  const front = bucketPrefix(versionRow.code, bucket.row.id);
  const all = rangeOf(Buffer.concat([front, encodeString(key)]));
  if ((await inspection.entries({ ...all, limit: 1 })).length > 0) return;
  report.opened('it', () => inspection.openBucketRow(headRow, entry, bucket));
  report.say('there is no version of its key');
}

/** A key's newest version. */
export interface Newest {
  readonly key: string;
  readonly ordinal: number;
  /** Undefined where it does not open. */
  readonly row: VersionRow | undefined;
}

/** At the newest version of its key. */
export async function checkHeadOf(at: LookedAtInside, newest: Newest): Promise<void> {
  const { looking, report, bucket } = at;
  const { inspection } = looking;
  const { key, ordinal, row } = newest;
  const rowKey = headRow.encodeKey(bucket.row.id, key);
  const value = await inspection.sealed(rowKey);
  if (value === undefined) return report.say('the head of its key is missing');
  const about = (): Partial<Finding> => ({
    kind: headRow.name,
    row: printableKey(rowKey),
    keyVersion: openedElsewhere(() => readHeader(value).keyVersion),
  });
  const entry = { key: rowKey, value };
  const head = report.opened('it', () => inspection.openBucketRow(headRow, entry, bucket), about);
  if (head === undefined) return;
  if (head.ordinal !== ordinal) {
    report.say(`it names version ${head.ordinal}, and ${ordinal} is the newest`, about());
  } else if (row !== undefined && !agree(head, row)) {
    report.say('it says other things of the newest version than the version itself', about());
  }
  if (head.top < Math.max(head.ordinal, ordinal)) {
    report.say(`the highest ordinal is ${head.top}, it says, and there is a higher one`, about());
  }
  const { nulls } = head;
  if (nulls === undefined || nulls === ordinal) return;
  const nullKey = versionRow.encodeKey(bucket.row.id, { key, ordinal: nulls });
  if ((await inspection.sealed(nullKey)) !== undefined) return;
  report.say(`its null version, ${nulls}, is missing`, about());
}

/** At an older null version, which the head must name. */
export async function checkNullOf(
  { looking, report, bucket }: LookedAtInside,
  { key, ordinal }: { readonly key: string; readonly ordinal: number },
): Promise<void> {
  const { inspection } = looking;
  const rowKey = headRow.encodeKey(bucket.row.id, key);
  const value = await inspection.sealed(rowKey);
  const entry = value && { key: rowKey, value };
  const head = entry && openedElsewhere(() => inspection.openBucketRow(headRow, entry, bucket));
  if (head === undefined || head.nulls === ordinal) return;
  report.say('it is a null version, and the head of its key names another or none');
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
