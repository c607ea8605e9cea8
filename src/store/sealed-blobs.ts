/**
 * Bytes of objects and parts, sealed: small ones inside the transaction that makes them visible,
 * others in a blob file that is durable, and invisible, before it (law 4). Nothing above this file
 * chooses between the two.
 */
import { Fault, Refusal } from '../base/refusal.ts';
import { GiB, s3Limits } from '../base/limits.ts';
import { randomId } from '../base/ids.ts';
import { blobFileRange, blobFileSize, openBlobFile, sealBlobFile } from '../crypto/blob-file.ts';
import type { DataKey } from '../crypto/data-key.ts';
import type { Blobs } from '../engines/blobs.ts';
import type { PayloadOwner } from '../rows/payload-row.ts';
import type { BucketTransaction, RowTransaction } from '../rows/rows.ts';
import type { StoredBlob } from '../rows/version-row.ts';
import type { ChecksumAlgorithm } from './checksums.ts';
import { type BodyDigests, Digester, digestsOf } from './checksums/digests.ts';
import type { PlainRange } from './objects.ts';
import { Room } from './room.ts';
import type { Reservations, ReservedBlobId } from './reservations.ts';

/** The largest plaintext that travels inside the metadata transaction. */
export const inlineBytesMax = 16 * 1024;

export interface IncomingBody {
  readonly body: AsyncIterable<Uint8Array>;
  /** Declared; a body of another length is `IncompleteBody`. */
  readonly length: number | undefined;
  readonly algorithm: ChecksumAlgorithm;
  readonly dataKey: DataKey;
  /** The bucket that the bytes will be bound to; asked only if a file is made. */
  readonly bucketId: () => Promise<Uint8Array>;
}

/** A body that was read to its end. Disposing it removes what did not become visible. */
export interface ReceivedBody extends AsyncDisposable {
  readonly digests: BodyDigests;
  /** Bound to a bucket already: the transaction must find the same one. */
  readonly bucketId: Uint8Array | undefined;
  /** Writes the payload row in the transaction that makes the bytes visible; each attempt anew. */
  place(
    transaction: RowTransaction,
    bucket: BucketTransaction,
    owner: PayloadOwner,
  ): Promise<StoredBlob>;
  /** Runs the transaction that places it, and learns from its end what becomes of the bytes. */
  commit<T>(transact: () => Promise<T>): Promise<T>;
}

/** A blob of a known plaintext to be read. */
export interface BlobToRead {
  readonly blobId: Uint8Array;
  readonly bucketId: Uint8Array;
  readonly dataKey: DataKey;
  readonly size: number;
}

export class SealedBlobs {
  readonly #blobs: Blobs;
  readonly #reservations: Reservations;
  readonly #storeId: Uint8Array;
  readonly room: Room;

  constructor(parts: {
    readonly blobs: Blobs;
    readonly reservations: Reservations;
    readonly storeId: Uint8Array;
  }) {
    this.#blobs = parts.blobs;
    this.#reservations = parts.reservations;
    this.#storeId = parts.storeId;
    this.room = new Room(parts.blobs);
  }

  /** Reads `body` to its end, digests it, and makes it durable if it is not small. */
  async receive(incoming: IncomingBody): Promise<ReceivedBody> {
    assertLength(incoming.length ?? 0);
    const asking = this.room.check(incoming.length ?? 1);
    if (asking !== undefined) await asking;
    const chunks = incoming.body[Symbol.asyncIterator]();
    const first: Uint8Array[] = [];
    let size = 0;
    while (size <= inlineBytesMax) {
      const { done, value } = await chunks.next();
      if (done === true) return this.#inline(incoming, first, size);
      first.push(value);
      size += value.length;
    }
    try {
      return await this.#file(incoming, first, chunks);
    } finally {
      await chunks.return?.();
    }
  }

  /** The verified plaintext of a range of a blob file. */
  read(blob: BlobToRead, range: PlainRange): AsyncIterable<Buffer> | Iterable<Buffer> {
    if (range.start === range.end) return [];
    const context = { blobId: blob.blobId, storeId: this.#storeId, bucketId: blob.bucketId };
    const sealed = this.#blobs.read(blob.blobId, blobFileRange(range, blob.size));
    const key = blob.dataKey.payloadKey(blob.blobId);
    return openBlobFile(key, context, { plainSize: blob.size, range }, sealed);
  }

  #inline(incoming: IncomingBody, chunks: readonly Uint8Array[], size: number): ReceivedBody {
    assertWhole(incoming.length, size);
    const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
    return {
      digests: digestsOf(bytes, incoming.algorithm),
      bucketId: undefined,
      place: async (_, bucket, owner) => {
        const id = randomId();
        bucket.putInline(id, owner, incoming.dataKey, bytes);
        return { id, file: false };
      },
      commit: (transact) => transact(),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }

  async #file(
    incoming: IncomingBody,
    first: readonly Uint8Array[],
    rest: AsyncIterator<Uint8Array>,
  ): Promise<ReceivedBody> {
    const bucketId = await incoming.bucketId();
    const reserved = await this.#reservations.take();
    await using file = new NewFile(this.#blobs, reserved);
    const digester = new Digester(incoming.algorithm);
    const plaintext = digested(first, rest, { digester, room: this.room });
    const context = { blobId: reserved.id, storeId: this.#storeId, bucketId };
    const key = incoming.dataKey.payloadKey(reserved.id);
    const bytes = await file.written(() =>
      this.#blobs.write(reserved.id, sealBlobFile(key, context, plaintext)),
    );
    const digests = digester.digest();
    assertWhole(incoming.length, digests.size);
    if (bytes !== blobFileSize(digests.size)) {
      throw new Fault('failed', 'the blob engine wrote another length than it was given');
    }
    const keep = file.handOver();
    return {
      digests,
      bucketId,
      place: async (transaction, bucket, owner) => {
        await this.#reservations.assertHeld(transaction, reserved.id);
        bucket.putTwin(reserved.id, owner, incoming.dataKey);
        return { id: reserved.id, file: true };
      },
      commit: (transact) => keep.committed(transact),
      [Symbol.asyncDispose]: () => keep[Symbol.asyncDispose](),
    };
  }
}

/** A blob file that is not visible yet: disposing it removes the file, unless its fate is unknown. */
class NewFile implements AsyncDisposable {
  readonly #blobs: Blobs;
  readonly #reserved: ReservedBlobId;
  #state: 'invisible' | 'visible' | 'unknown' | 'handed over' = 'invisible';

  constructor(blobs: Blobs, reserved: ReservedBlobId) {
    this.#blobs = blobs;
    this.#reserved = reserved;
  }

  async written<T>(write: () => Promise<T>): Promise<T> {
    return this.#watch(write);
  }

  async committed<T>(transact: () => Promise<T>): Promise<T> {
    const result = await this.#watch(transact);
    this.#state = 'visible';
    return result;
  }

  /** The same file in the hands of the next scope. */
  handOver(): NewFile {
    this.#state = 'handed over';
    return new NewFile(this.#blobs, this.#reserved);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'unknown' || this.#state === 'handed over') return;
    if (this.#state === 'invisible') {
      // What cannot be removed keeps its reservation, and is the sweeper's.
      const removed = await this.#blobs.delete(this.#reserved.id).then(
        () => true,
        () => false,
      );
      if (!removed) return;
    }
    this.#reserved.settle();
  }

  /** After an unknown end nothing may be removed: the bytes may be visible. */
  async #watch<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof Fault && error.kind === 'unknown') this.#state = 'unknown';
      throw error;
    }
  }
}

async function* digested(
  first: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  { digester, room }: { readonly digester: Digester; readonly room: Room },
): AsyncGenerator<Uint8Array, void, void> {
  for (const chunk of first) {
    digester.update(chunk);
    yield chunk;
  }
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return;
    digester.update(value);
    assertLength(digester.size);
    // Others fill the disk meanwhile: what was free at the beginning need not be.
    const asking = room.take(value.length);
    if (asking !== undefined) await asking;
    yield value;
  }
}

function assertLength(size: number): void {
  if (size <= s3Limits.putBytesMax) return;
  throw new Refusal('EntityTooLarge', {
    message: `Your proposed upload exceeds the maximum allowed size (${s3Limits.putBytesMax / GiB} GiB).`,
    fields: { ProposedSize: `${size}`, MaxSizeAllowed: `${s3Limits.putBytesMax}` },
  });
}

function assertWhole(declared: number | undefined, size: number): void {
  if (declared === undefined || declared === size) return;
  throw new Refusal('IncompleteBody');
}
