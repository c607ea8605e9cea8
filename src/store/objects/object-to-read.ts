/** What reading an object's bytes needs, and how trouble in them is told. */
import { Fault, Refusal, assert } from '../../base/refusal.ts';
import type { OpenBucket } from '../../rows/rows.ts';
import type { VersionRow } from '../../rows/version-row.ts';
import type { PlainRange } from '../objects.ts';
import type { SealedBlobs } from '../sealed-blobs.ts';

export interface ObjectToRead {
  readonly sealedBlobs: SealedBlobs;
  readonly bucket: OpenBucket;
  readonly key: string;
  readonly row: VersionRow;
}

/** Passes bytes on; damage met in them is told with the object's name. */
export async function* namingObject(
  object: ObjectToRead,
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer, void, void> {
  try {
    yield* bytes;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
    throw unreadable(object, error.message);
  }
}

export function unreadable({ bucket, key, row }: ObjectToRead, why: string): Fault {
  const where = `${JSON.stringify(key)} in bucket ${bucket.name}`;
  const version = `version ${Buffer.from(row.id).toString('hex')}`;
  return new Fault('damaged', `${where}, ${version}, key version ${row.dataKey.version}: ${why}`);
}

export function noSuchPart(number: number, count: number): Refusal {
  return new Refusal('InvalidPartNumber', {
    message: 'The requested partnumber is not satisfiable',
    fields: { PartNumberRequested: `${number}`, ActualPartCount: `${count}` },
  });
}

/** Ranges are the caller's to make: S3 has its own rules for those that do not fit. */
export function assertInside({ start, end }: PlainRange, size: number): void {
  assert(start >= 0 && start <= end && end <= size, 'the range lies inside the object');
}
