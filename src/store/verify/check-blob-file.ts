/** The file of a blob: there and as long as it must be; with `deep`, every segment of it opened. */
import { toHex } from '../../base/bytes.ts';
import {
  blobFileHeader,
  blobFileRange,
  blobFileSize,
  openBlobFile,
} from '../../crypto/blob-file.ts';
import type { Blobs } from '../../engines/blobs.ts';
import type { Breath, BlobToCheck } from './looking.ts';

export interface BlobCheck {
  readonly blobs: Blobs;
  readonly storeId: Uint8Array;
  readonly deep: boolean;
  readonly breath: Breath;
}

/** Says in the blob's report what is wrong; gives how many bytes of the file were read. */
export async function checkBlobFile(check: BlobCheck, blob: BlobToCheck): Promise<number> {
  const { blobs, deep } = check;
  const { blobId, size, report } = blob;
  const about = { kind: 'blob', row: toHex(blobId) };
  const bytes = await blobs.size(blobId);
  if (bytes === undefined) {
    report.say('the blob file is missing', about);
    return 0;
  }
  const expected = blobFileSize(size);
  if (bytes !== expected) {
    report.say(`the blob file has ${bytes} bytes and should have ${expected}`, about);
    return 0;
  }
  if (!deep) return 0;
  const read = await report.openedLater('the blob file', () => readWhole(check, blob), about);
  if (read === 'another header') report.say('the blob file begins as that of no such blob', about);
  return bytes;
}

async function readWhole(check: BlobCheck, blob: BlobToCheck): Promise<'whole' | 'another header'> {
  const { blobs, storeId, breath } = check;
  const { blobId, bucketId, dataKey, size: plainSize } = blob;
  const header = blobFileHeader(blobId);
  let at = 0;
  for await (const piece of blobs.read(blobId, { start: 0, end: header.length })) {
    const same = Buffer.compare(piece, header.subarray(at, at + piece.length)) === 0;
    if (!same) return 'another header';
    at += piece.length;
  }
  const range = { start: 0, end: plainSize };
  const sealed = blobs.read(blobId, blobFileRange(range, plainSize));
  const context = { blobId, storeId, bucketId };
  const key = dataKey.payloadKey(blobId);
  for await (const _ of openBlobFile(key, context, { plainSize }, sealed)) await breath.take();
  return 'whole';
}
