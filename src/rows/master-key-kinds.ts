/** Every kind of row that a master key version seals, by its number (FORMAT.md §2.1). */
import { accessKeyRow } from './access-key-row.ts';
import { accountRow } from './account-row.ts';
import { policyRow } from './bucket-config-row.ts';
import { bucketRow } from './bucket-row.ts';
import { directoryRow } from './directory-row.ts';
import { headRow } from './head-row.ts';
import { keyringRow } from './keyring-row.ts';
import { partRow } from './part-row.ts';
import { processRow } from './process-row.ts';
import { recordRow } from './record-row.ts';
import { reservationRow } from './reservation-row.ts';
import type { Kind } from './row-kind.ts';
import { storeRow } from './store-row.ts';
import { tombstoneRow } from './tombstone-row.ts';
import { trashRow } from './trash-row.ts';
import { uploadRow } from './upload-row.ts';
import { userRow } from './user-row.ts';
import { versionRow } from './version-row.ts';

type KindFacts = Pick<Kind<unknown>, 'code' | 'name' | 'scheme'>;

export const masterKeyKinds: ReadonlyMap<number, KindFacts> = new Map(
  [
    keyringRow,
    storeRow,
    directoryRow,
    accountRow,
    userRow,
    accessKeyRow,
    processRow,
    reservationRow,
    trashRow,
    recordRow,
    bucketRow,
    // All configurations of a bucket are of one kind.
    policyRow,
    headRow,
    versionRow,
    uploadRow,
    partRow,
    tombstoneRow,
  ].map((kind: KindFacts) => [kind.code, kind]),
);
