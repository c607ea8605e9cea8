/** One row, by its kind: what is wrong with it, and the blob file that is to be looked at behind it. */
import { readHeader, underMasterKey } from '../../crypto/envelope.ts';
import type { Entry } from '../../engines/metadata.ts';
import { policyRow } from '../../rows/bucket-config-row.ts';
import { bucketIdBytes } from '../../rows/bucket-row.ts';
import { headRow } from '../../rows/head-row.ts';
import { manifestCode } from '../../rows/manifest-row.ts';
import { partRow } from '../../rows/part-row.ts';
import { payloadCode } from '../../rows/payload-row.ts';
import { tombstoneRow } from '../../rows/tombstone-row.ts';
import { uploadRow } from '../../rows/upload-row.ts';
import { versionRow } from '../../rows/version-row.ts';
import { toHex } from '../../base/bytes.ts';
import { checkHead } from './check-head.ts';
import { checkPayload } from './check-payload.ts';
import { storeRowChecks } from './check-store-row.ts';
import { checkConfig, checkPart, checkTombstone, checkUpload } from './check-upload.ts';
import { checkVersion } from './check-version.ts';
import { RowReport, openedElsewhere } from './finding.ts';
import type { BlobToCheck, LookedAtInside, Looking } from './looking.ts';

export interface RowChecked {
  readonly report: RowReport;
  readonly blobs: readonly BlobToCheck[];
  /** Nothing can be said of any row that begins like this one: its bucket is gone or shredded. */
  readonly skip: Uint8Array | undefined;
}

export async function checkRow(looking: Looking, entry: Entry): Promise<RowChecked> {
  const kind = entry.key[0] ?? 0;
  const outside = storeRowChecks.get(kind);
  const inside = bucketRowChecks.get(kind);
  const name = outside?.name ?? inside?.name ?? 'unknown';
  const report = new RowReport(name, entry.key);
  report.know({ keyVersion: keyVersionOf(entry.value) });
  const checked = { report, blobs: [], skip: undefined };
  if (outside !== undefined) {
    await outside.check({ looking, entry, report });
    return checked;
  }
  if (inside === undefined) {
    report.say('it is of a kind that this Coffer does not know');
    return checked;
  }
  const prefix = entry.key.subarray(0, 1 + bucketIdBytes);
  if (prefix.length < 1 + bucketIdBytes) {
    report.say('its key is cut short');
    return checked;
  }
  const id = prefix.subarray(1);
  const bucket = await looking.bucketOf(id);
  if (bucket === 'shredded') return { ...checked, skip: prefix };
  if (bucket === undefined) {
    report.say(`no bucket that opens has the id ${toHex(id)} of this and all such rows`);
    return { ...checked, skip: prefix };
  }
  report.know({ bucket: bucket.name });
  const blobs = await inside.check({ looking, entry, report, bucket });
  return { ...checked, blobs };
}

interface BucketRowCheck {
  readonly name: string;
  readonly check: (at: LookedAtInside) => Promise<readonly BlobToCheck[]>;
}

const bucketRowChecks: ReadonlyMap<number, BucketRowCheck> = new Map([
  rowsOnly(policyRow.code, 'bucket-config', checkConfig),
  rowsOnly(headRow.code, headRow.name, checkHead),
  rowsOnly(versionRow.code, versionRow.name, checkVersion),
  // A page says nothing of whose it is: the version that names it opens it, and tells.
  rowsOnly(manifestCode, 'manifest', async () => undefined),
  [payloadCode, { name: 'payload', check: checkPayload }],
  rowsOnly(uploadRow.code, uploadRow.name, checkUpload),
  rowsOnly(partRow.code, partRow.name, checkPart),
  rowsOnly(tombstoneRow.code, tombstoneRow.name, checkTombstone),
]);

function rowsOnly(
  code: number,
  name: string,
  check: (at: LookedAtInside) => Promise<void>,
): readonly [number, BucketRowCheck] {
  const withoutBlobs: BucketRowCheck['check'] = async (at) => {
    await check(at);
    return [];
  };
  return [code, { name, check: withoutBlobs }];
}

function keyVersionOf(value: Uint8Array): number | undefined {
  const header = openedElsewhere(() => readHeader(value));
  return header !== undefined && underMasterKey(header.scheme) ? header.keyVersion : undefined;
}
