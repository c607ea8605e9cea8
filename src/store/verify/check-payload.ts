/**
 * Payload rows, the far end of every version and part (FORMAT.md §6.3): each has an owner that refers
 * to it, opens under the owner's data key, and is as long as the owner says; a twin has its file.
 */
import { toHex } from '../../base/bytes.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import { readHeader } from '../../crypto/envelope.ts';
import { bucketIdBytes } from '../../rows/bucket-row.ts';
import { KeyReader } from '../../rows/keyspace.ts';
import { type PayloadOwner, decodeOwner, payloadCode } from '../../rows/payload-row.ts';
import { trashRow } from '../../rows/trash-row.ts';
import type { OwnedBlob } from './owners.ts';
import type { BlobToCheck, LookedAtInside } from './looking.ts';

export async function checkPayload(at: LookedAtInside): Promise<readonly BlobToCheck[]> {
  const { looking, entry, report, bucket } = at;
  const read = report.opened('it', () => ({
    blobId: blobIdOf(entry.key),
    owner: decodeOwner(readHeader(entry.value).clear),
  }));
  if (read === undefined) return [];
  const { blobId, owner } = read;
  report.know({ key: owner.objectKey });
  const found = await looking.owners.find(looking.inspection, bucket, owner);
  if (found === 'unknown') return [];
  if (found === undefined) {
    report.say(`the ${owner.kind} that it belongs to (${toHex(owner.id)}) is not there`);
    return [];
  }
  const { versionId, uploadId, keyVersion, dataKey, blobs } = found;
  report.know({ versionId, uploadId, keyVersion });
  if (dataKey === undefined && owner.kind === 'version') {
    report.say('the data key of its version does not open');
  }
  if (blobs === undefined || dataKey === undefined) return [];
  const blob = blobs.get(toHex(blobId));
  if (blob === undefined) {
    report.say('what it belongs to does not refer to it');
    return [];
  }
  return checkBlob(at, { blobId, owner, blob, dataKey });
}

interface Held {
  readonly blobId: Uint8Array;
  readonly owner: PayloadOwner;
  readonly blob: OwnedBlob;
  readonly dataKey: DataKey;
}

async function checkBlob(at: LookedAtInside, held: Held): Promise<readonly BlobToCheck[]> {
  const { looking, report, bucket } = at;
  const { blobId, owner, blob, dataKey } = held;
  const payload = await looking.inspection.in(bucket).payload(blobId);
  if (!blob.file && !blob.empty) {
    const bytes = report.opened('it', () => payload.inline(dataKey, owner));
    if (bytes !== undefined && bytes.length !== blob.size) {
      report.say(`it holds ${bytes.length} bytes and should hold ${blob.size}`);
    }
    return [];
  }
  const proved = report.opened('it', () => {
    payload.twin(dataKey, owner);
    return true;
  });
  if (proved === undefined || blob.empty) return [];
  if ((await looking.inspection.sealed(trashRow.encodeKey(blobId))) !== undefined) {
    report.say('its blob file is in use and waits to be deleted');
  }
  return [{ blobId, bucketId: bucket.row.id, dataKey, size: blob.size, report }];
}

function blobIdOf(rowKey: Uint8Array): Buffer {
  const reader = new KeyReader(rowKey, payloadCode);
  reader.bytes(bucketIdBytes);
  const blobId = reader.bytes(16);
  reader.end();
  return blobId;
}
