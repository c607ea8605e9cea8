/** Puts many small objects into the store of a data folder that nobody serves, fast. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { randomId } from '../src/base/ids.ts';
import { systemClock } from '../src/base/time.ts';
import { DataKey } from '../src/crypto/data-key.ts';
import { openLmdbMetadata, type LmdbMetadata } from '../src/engines/lmdb/metadata.ts';
import { openFileKeeper } from '../src/keys/file/file-keeper.ts';
import { readKeyringFile } from '../src/keys/keyring-file.ts';
import { KeysInForce, openedKeys } from '../src/keys/keys-in-force.ts';
import { headRow } from '../src/rows/head-row.ts';
import {
  openRows,
  readKeyringReference,
  type BucketTransaction,
  type Rows,
} from '../src/rows/rows.ts';
import { versionRow } from '../src/rows/version-row.ts';

export interface Filling {
  readonly data: string;
  readonly bucket: string;
  readonly objects: number;
  readonly keyOf: (n: number) => string;
  /** At most 16 KiB; the same for all. */
  readonly body: Buffer;
}

const objectsAtOnce = 200;
const transactionsAtOnce = 4;

export async function fill({ data, bucket, objects, keyOf, body }: Filling): Promise<void> {
  const metadata = await openLmdbMetadata({
    path: join(data, 'metadata'),
    onFailure: (fault) => {
      throw fault;
    },
  });
  const rows = await rowsOf(data, metadata);
  const etag = createHash('md5').update(body).digest('hex');
  let next = 0;
  const filler = async (): Promise<void> => {
    while (next < objects) {
      const first = next;
      next = Math.min(next + objectsAtOnce, objects);
      const end = next;
      await rows.transact(async (transaction) => {
        const opened = await transaction.bucket(bucket);
        if (opened === undefined) throw new Error('the bucket is missing');
        const inside = transaction.in(opened);
        for (let n = first; n < end; n += 1) putOne(inside, keyOf(n), { body, etag });
      });
    }
  };
  await Promise.all(Array.from({ length: transactionsAtOnce }, filler));
  await metadata.close();
}

async function rowsOf(data: string, metadata: LmdbMetadata): Promise<Rows> {
  const reference = await readKeyringReference(metadata);
  const keeper = await openFileKeeper(`${data}.root-key`);
  if (reference === undefined || keeper === undefined) throw new Error('there is no store');
  const { storeId } = keeper;
  const keyring = await readKeyringFile({ folder: join(data, 'keys'), keeper, storeId }, reference);
  const keys = new KeysInForce(openedKeys(keyring, reference));
  return openRows({ metadata, keys, clock: systemClock });
}

function putOne(
  inside: BucketTransaction,
  key: string,
  { body, etag }: { readonly body: Buffer; readonly etag: string },
): void {
  const id = randomId();
  const blobId = randomId();
  const dataKey = DataKey.generate();
  const modified = new Date();
  inside.putInline(blobId, { kind: 'version', objectKey: key, id }, dataKey, body);
  const head = { id, size: body.length, etag, modified, marker: false, null: true } as const;
  inside.put(
    versionRow,
    { key, ordinal: 1 },
    {
      ...head,
      dataKey: inside.wrapDataKey({ purpose: 'version', objectKey: key, id }, dataKey),
      blob: { id: blobId, file: false },
      parts: undefined,
      pages: undefined,
      contentType: 'application/octet-stream',
      headers: undefined,
      meta: undefined,
      tags: undefined,
      checksum: undefined,
      protection: 'SSE-S3',
    },
  );
  const place = { top: 1, nulls: 1, ordinal: 1 };
  const checksums = { checksumAlgorithm: undefined, checksumType: undefined };
  inside.put(headRow, key, { ...head, ...place, ...checksums });
}
