/**
 * Version rows: the data key opens and is the one committed to; the key has a head; every blob has its
 * payload row, which is the version's; the manifest is whole and its sizes add up (FORMAT.md §6.4).
 */
import { toHex } from '../../base/bytes.ts';
import { readHeader } from '../../crypto/envelope.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import { bucketPrefix, encodeString } from '../../rows/keyspace.ts';
import { manifestKey, manifestPagePartsMax } from '../../rows/manifest-row.ts';
import { type PayloadOwner, decodeOwner, payloadKey } from '../../rows/payload-row.ts';
import { type VersionRow, versionRow } from '../../rows/version-row.ts';
import { ownerOf } from '../history.ts';
import { encodeVersionId } from '../version-id.ts';
import { checkHeadOf, checkNullOf } from './check-head.ts';
import { openedElsewhere } from './finding.ts';
import type { LookedAtInside } from './looking.ts';

export async function checkVersion(at: LookedAtInside): Promise<void> {
  const { looking, entry, report, bucket } = at;
  const { inspection } = looking;
  const place = report.opened('its key', () => versionRow.decodeKey(entry.key));
  if (place === undefined) return;
  const { key, ordinal } = place;
  report.know({ key });
  const row = report.opened('it', () => inspection.openBucketRow(versionRow, entry, bucket));
  if (row !== undefined) {
    report.know({ versionId: row.null ? 'null' : encodeVersionId({ ordinal, id: row.id }) });
  }
  if (await isNewest(at, key)) await checkHeadOf(at, { key, ordinal, row });
  else if (row?.null === true) await checkNullOf(at, place);
  if (row === undefined) return;
  const owner = ownerOf(key, row);
  if (!isShaped(row)) report.say('it has neither one blob nor parts, or both');
  // With the payload row its data key is opened too.
  else if (row.blob !== undefined && (await checkPayloadOf(at, row.blob.id, owner))) return;
  const inside = inspection.in(bucket);
  const wrap = { purpose: 'version', objectKey: key, id: row.id } as const;
  const dataKey = report.opened('its data key', () => inside.openDataKey(wrap, row.dataKey));
  if (row.pages !== undefined && dataKey !== undefined) await checkManifest(at, row, dataKey);
}

async function isNewest({ looking, entry, bucket }: LookedAtInside, key: string): Promise<boolean> {
  const front = Buffer.concat([bucketPrefix(versionRow.code, bucket.row.id), encodeString(key)]);
  const { previous } = looking;
  if (previous !== undefined) {
    return Buffer.compare(front, previous.subarray(0, front.length)) !== 0;
  }
  const { inspection } = looking;
  return (await inspection.entries({ start: front, end: entry.key, limit: 1 })).length === 0;
}

function isShaped({ marker, size, blob, parts, pages }: VersionRow): boolean {
  if ((parts === undefined) !== (pages === undefined)) return false;
  if (marker) return size === 0 && parts === undefined && blob?.file === false;
  if (parts === 0) return pages === 0 && size === 0 && blob?.file === false;
  return (blob === undefined) !== (parts === undefined);
}

/** Whether it is there and the owner's; whether it opens is told at the payload row itself. */
async function checkPayloadOf(
  { looking, report, bucket }: LookedAtInside,
  blobId: Uint8Array,
  owner: PayloadOwner,
): Promise<boolean> {
  const value = await looking.inspection.sealed(payloadKey(bucket.row.id, blobId));
  if (value === undefined) {
    report.say(`its payload row, ${toHex(blobId)}, is missing`);
    return false;
  }
  const said = openedElsewhere(() => decodeOwner(readHeader(value).clear));
  if (said === undefined) return false;
  const own =
    said.kind === owner.kind &&
    said.objectKey === owner.objectKey &&
    Buffer.compare(said.id, owner.id) === 0;
  if (!own) report.say(`its payload row, ${toHex(blobId)}, is another’s`);
  return own;
}

async function checkManifest(at: LookedAtInside, row: VersionRow, dataKey: DataKey): Promise<void> {
  const { looking, report, bucket } = at;
  const { parts = 0, pages = 0 } = row;
  const inside = looking.inspection.in(bucket);
  const owner = {
    ...ownerOf(versionRow.decodeKey(at.entry.key).key, row),
    kind: 'upload',
  } as const;
  let count = 0;
  let size = 0;
  let number = 0;
  for (let page = 0; page < pages; page += 1) {
    const what = `page ${page} of its manifest`;
    const rowKey = manifestKey(bucket.row.id, row.id, page);
    if ((await looking.inspection.sealed(rowKey)) === undefined) {
      return report.say(`${what} is missing`);
    }
    const read = await report.openedLater(what, () => inside.manifest(row.id, page, dataKey));
    if (read === undefined) return;
    const full = page === pages - 1 ? read.length > 0 : read.length === manifestPagePartsMax;
    if (!full) report.say(`${what} has ${read.length} parts`);
    for (const part of read) {
      if (part.number <= number) report.say(`${what} is not in order of part numbers`);
      number = part.number;
      count += 1;
      size += part.size;
      await checkPayloadOf(at, part.blob.id, owner);
      await looking.breath.take();
    }
  }
  if (count !== parts) report.say(`its manifest has ${count} parts, and it says ${parts}`);
  if (size !== row.size) report.say(`its parts have ${size} bytes, and it says ${row.size}`);
}
