/** What the admin API does with master keys and buckets that cannot be undone, and its records. */
import type { RecordReport } from './admin/contract.ts';
import type { AdminServices } from './admin/operation.ts';
import { toHex } from './base/bytes.ts';
import { assert } from './base/refusal.ts';
import { isoTime, systemClock as clock } from './base/time.ts';
import type { Metadata } from './engines/metadata.ts';
import { backupKeys } from './jobs/backup-keys.ts';
import type { Destruction } from './jobs/destroy.ts';
import type { KeyringChanges } from './jobs/keyring-changes.ts';
import { shredBucket } from './jobs/shred-bucket.ts';
import { bucketContents } from './rows/bucket-contents.ts';
import type { Rows } from './rows/rows.ts';
import {
  type ReadRecord,
  type SignedRecord,
  publicKeyOf,
  readRecord,
  readRecords,
} from './rows/signed-records.ts';

export interface KeyEvidenceParts {
  readonly rows: Rows;
  readonly metadata: Metadata;
  readonly changes: KeyringChanges;
  readonly destruction: Destruction;
  /** Told that a bucket was shredded: what it held is to be removed. */
  readonly shredded: () => void;
}

export function keyEvidence(
  parts: KeyEvidenceParts,
): Pick<AdminServices, 'backupKeys' | 'destroyKey' | 'records' | 'shredBucket'> {
  const { rows, metadata, changes, destruction, shredded } = parts;
  const { keys } = changes;
  const list = async (): Promise<readonly RecordReport[]> => {
    using view = rows.view();
    return (await readRecords(view, keys.newest.keyring)).map(reportOf);
  };
  /** As it is listed: read back from the store. */
  const listed = async (record: SignedRecord): Promise<RecordReport> => {
    using view = rows.view();
    const found = await readRecord(view, keys.newest.keyring, record);
    assert(found, 'a record that was just written is there');
    return reportOf(found);
  };
  return {
    destroyKey: async (version) => {
      const { record, notice } = await destruction.destroy(version);
      return { version, record: await listed(record), notice: notice ?? null };
    },
    backupKeys: async (kit) => {
      const made = await backupKeys({ changes, rows, clock }, kit);
      const { text, generation, versions } = made;
      return {
        text,
        kit: toHex(made.kitId),
        store: toHex(made.storeId),
        madeAt: isoTime(made.madeAt),
        generation,
        versions,
        record: await listed(made.record),
      };
    },
    records: async () => ({
      publicKey: publicKeyOf(keys.newest.keyring) ?? null,
      records: await list(),
    }),
    shredBucket: async (bucket) => {
      const count = (id: Uint8Array) => bucketContents(metadata, id);
      const { record, versions } = await shredBucket({ changes, rows, clock, count }, bucket);
      shredded();
      return { bucket, record: await listed(record), versions };
    },
  };
}

function reportOf({ id, madeAt, text, signature, verified, facts }: ReadRecord): RecordReport {
  const kind = facts['record'];
  return {
    id,
    kind: typeof kind === 'string' ? kind : 'unknown',
    madeAt: isoTime(madeAt),
    text,
    signature,
    verified,
  };
}
