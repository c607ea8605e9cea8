/** Uploads in progress and what is left of completed ones, and the configurations of a bucket. */
import { readHeader } from '../../crypto/envelope.ts';
import { policyRow, taggingRow } from '../../rows/bucket-config-row.ts';
import { bucketIdBytes } from '../../rows/bucket-row.ts';
import { KeyReader } from '../../rows/keyspace.ts';
import { partRow } from '../../rows/part-row.ts';
import { decodeOwner, payloadKey } from '../../rows/payload-row.ts';
import { tombstoneRow } from '../../rows/tombstone-row.ts';
import { uploadRow } from '../../rows/upload-row.ts';
import { encodeUploadId } from '../upload-id.ts';
import { openedElsewhere } from './finding.ts';
import type { LookedAtInside } from './looking.ts';

export async function checkUpload({ looking, entry, report, bucket }: LookedAtInside) {
  const { inspection } = looking;
  const place = report.opened('its key', () => uploadRow.decodeKey(entry.key));
  if (place === undefined) return;
  const { key, created, uploadId: id } = place;
  report.know({ key, uploadId: encodeUploadId({ created, id }) });
  const row = report.opened('it', () => inspection.openBucketRow(uploadRow, entry, bucket));
  if (row === undefined) return;
  const wrap = { purpose: 'upload', objectKey: key, id } as const;
  report.opened('its data key', () => inspection.in(bucket).openDataKey(wrap, row.dataKey));
}

/** A part names its bytes alone: whose it is stands in their payload row. */
export async function checkPart({ looking, entry, report, bucket }: LookedAtInside): Promise<void> {
  const { inspection, owners } = looking;
  const place = report.opened('its key', () => partRow.decodeKey(entry.key));
  const part = report.opened('it', () => inspection.openBucketRow(partRow, entry, bucket));
  if (place === undefined || part === undefined) return;
  const value = await inspection.sealed(payloadKey(bucket.row.id, part.blob.id));
  if (value === undefined) {
    return report.say(`the payload row of part ${place.number} is missing`);
  }
  const owner = openedElsewhere(() => decodeOwner(readHeader(value).clear));
  if (owner === undefined) return;
  report.know({ key: owner.objectKey });
  if (owner.kind !== 'upload' || Buffer.compare(owner.id, place.uploadId) !== 0) {
    return report.say(`the payload row of part ${place.number} is another’s`);
  }
  const found = await owners.find(inspection, bucket, owner);
  if (found === 'unknown') return;
  if (found?.uploadId === undefined) report.say(`the upload of part ${place.number} is missing`);
}

export async function checkTombstone({ looking, entry, report, bucket }: LookedAtInside) {
  const row = report.opened('it', () => {
    tombstoneRow.decodeKey(entry.key);
    return looking.inspection.openBucketRow(tombstoneRow, entry, bucket);
  });
  if (row !== undefined) report.know({ key: row.key });
}

export async function checkConfig({ looking, entry, report, bucket }: LookedAtInside) {
  const name = report.opened('its key', () => {
    const reader = new KeyReader(entry.key, policyRow.code);
    reader.bytes(bucketIdBytes);
    const text = reader.string();
    reader.end();
    return text;
  });
  if (name === undefined) return;
  const kind = [policyRow, taggingRow].find(({ config }) => config === name);
  if (kind === undefined) return report.say('it is a configuration that this Coffer does not know');
  const { inspection } = looking;
  report.opened(`the ${name}`, () =>
    inspection.openBucketRow<undefined, unknown>(kind, entry, bucket),
  );
  if (!bucket.row.configs.includes(name)) {
    report.say(`the row of its bucket names no ${name}`);
  }
}
