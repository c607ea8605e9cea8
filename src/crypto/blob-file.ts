/**
 * A blob file (FORMAT.md §6.2): 32 clear bytes that say what the file is, then the chunk stream.
 * Header, store id and bucket id are authenticated data of every segment: a file renamed to
 * another id, or carried to another bucket or store, does not open.
 */
import { assert } from '../base/refusal.ts';
import type { Sealed } from '../base/sealed.ts';
import { type PlainRange, sealedSize, segmentBytes, segmentsFor } from './chunk-stream.ts';
import { openSegments } from './open-segments.ts';
import { sealSegments } from './seal-segments.ts';
import type { SecretKey } from './secret-key.ts';

const magic = Buffer.from('COFFERB1', 'latin1');
const blobHeaderBytes = 32;
const idBytes = 16;

/** What a blob file is bound to; each id 16 bytes. */
export interface BlobContext {
  readonly blobId: Uint8Array;
  readonly storeId: Uint8Array;
  readonly bucketId: Uint8Array;
}

/** The clear bytes that the file of a blob begins with. */
export function blobFileHeader(blobId: Uint8Array): Buffer {
  assert(blobId.length === idBytes, 'a blob id is 16 bytes');
  const header = Buffer.alloc(blobHeaderBytes);
  header.set(magic);
  header.writeUInt32BE(segmentBytes, 8);
  header.set(blobId, 16);
  return header;
}

/** The bytes of a new blob file. `key` is the data key's payload key of this blob id. */
export function sealBlobFile(
  key: SecretKey,
  context: BlobContext,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Sealed, void, void> {
  return sealSegments(key, blobAad(context), body, blobFileHeader(context.blobId));
}

/** Length of the blob file of `plainBytes` bytes. */
export function blobFileSize(plainBytes: number): number {
  return blobHeaderBytes + sealedSize(plainBytes);
}

/** The file's bytes that hold a range of the plaintext: what `openBlobFile` is to be given. */
export function blobFileRange(range: PlainRange, plainBytes: number): PlainRange {
  const { sealed } = segmentsFor(range, plainBytes);
  return { start: blobHeaderBytes + sealed.start, end: blobHeaderBytes + sealed.end };
}

/** The verified plaintext of `range`, from the bytes `blobFileRange(range, plainSize)`. */
export function openBlobFile(
  key: SecretKey,
  context: BlobContext,
  read: { readonly plainSize: number; readonly range?: PlainRange },
  sealed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer, void, void> {
  return openSegments(key, blobAad(context), read, sealed);
}

function blobAad({ blobId, storeId, bucketId }: BlobContext): Buffer {
  assert(storeId.length === idBytes && bucketId.length === idBytes, 'an id is 16 bytes');
  return Buffer.concat([blobFileHeader(blobId), storeId, bucketId]);
}
