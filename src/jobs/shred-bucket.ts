/**
 * Crypto-shredding of a bucket: one transaction destroys its secret and writes the signed record.
 * From its commit on nothing that was sealed in the bucket opens, for any process: every request
 * reads the bucket's row. What lies in the bucket is removed afterwards (remove-shredded.ts).
 */
import { toHex } from '../base/bytes.ts';
import { Refusal } from '../base/refusal.ts';
import { type Clock, isoTime } from '../base/time.ts';
import { type Keyring, nextGeneration } from '../keys/keyring.ts';
import type { BucketContents } from '../rows/bucket-contents.ts';
import type { BucketRow } from '../rows/bucket-row.ts';
import type { Rows } from '../rows/rows.ts';
import { type SignedRecord, putRecord } from '../rows/signed-records.ts';
import type { KeyringChanges } from './keyring-changes.ts';

export interface ShreddingParts {
  readonly changes: KeyringChanges;
  readonly rows: Rows;
  readonly clock: Clock;
  /** Counts what a bucket holds. */
  readonly count: (bucketId: Uint8Array) => Promise<BucketContents>;
}

export interface Shredded {
  readonly record: SignedRecord;
  /** Master key versions whose destruction makes every older copy of the secret useless. */
  readonly versions: readonly number[];
}

/** Destroys the secret of a bucket, whatever the bucket holds. `NotFound` where there is none. */
export async function shredBucket(parts: ShreddingParts, name: string): Promise<Shredded> {
  const { changes, rows, clock, count } = parts;
  // A keyring of before records were signed has no key for it: the next generation has.
  await changes.change({
    next: (keyring) => (keyring.signing === undefined ? nextGeneration(keyring) : undefined),
  });
  const counted = await describe(rows, name);
  const contents = await count(counted.id);
  return rows.transact(async (transaction) => {
    const bucket = await transaction.bucket(name);
    if (bucket === undefined || Buffer.compare(bucket.row.id, counted.id) !== 0) {
      throw noBucket(name);
    }
    const madeAt = clock();
    const { keyring } = changes.keys.newest;
    const versions = mayHaveSealed(keyring);
    transaction.shredBucket(bucket, madeAt);
    const record = putRecord(transaction, keyring, {
      kind: 'bucket-shredded',
      madeAt,
      facts: { ...factsOf(name, bucket.row), contents, masterKeyVersions: versions, statement },
    });
    return { record, versions };
  });
}

async function describe(rows: Rows, name: string): Promise<BucketRow> {
  using view = rows.view();
  const bucket = await view.bucket(name);
  if (bucket === undefined) throw noBucket(name);
  return bucket.row;
}

function noBucket(name: string): Refusal {
  const message = `There is no bucket named ${JSON.stringify(name.slice(0, 64))}.`;
  return new Refusal('NotFound', { message });
}

/** The secret was wrapped anew with each version that was current while its row was written. */
function mayHaveSealed({ versions, current }: Keyring): readonly number[] {
  return [...versions.values()]
    .filter(({ version, state }) => version <= current && state !== 'destroyed')
    .map(({ version }) => version);
}

function factsOf(name: string, { id, account, createdAt }: BucketRow): object {
  return { bucket: name, bucketId: toHex(id), account, bucketCreatedAt: isoTime(createdAt) };
}

const statement =
  'The secret of this bucket is no longer in the store, and without it no object, part, policy or tag ' +
  'of the bucket opens. The contents were counted just before. Rows and files are removed by a job. Not reached ' +
  'by this: free pages of the database, and backups, may hold older copies of the sealed secret. They stay readable ' +
  'in principle to whoever holds one of the master key versions listed, until those are destroyed: rotate, re-wrap, ' +
  'then destroy them. Backups of the keyring and recovery kits hold them for as long as they are kept.';
