/** The blob port in memory, for tests: nothing survives the process. */
import { toHex } from '../../base/bytes.ts';
import { assert, Defect, Fault } from '../../base/refusal.ts';
import type { Sealed } from '../../base/sealed.ts';
import { blobIdBytes, type BlobId, type Blobs, type ByteRange } from '../blobs.ts';

/** A new, empty store. */
export function openMemoryBlobs(): Blobs {
  return new MemoryBlobs();
}

/** Small, so that tests of readers meet many chunks. */
const chunkBytes = 64 * 1024;

class MemoryBlobs implements Blobs {
  readonly #blobs = new Map<string, Buffer>();
  readonly #underWay = new Set<string>();

  async write(id: BlobId, body: AsyncIterable<Sealed> | Iterable<Sealed>): Promise<number> {
    const name = nameOf(id);
    if (this.#blobs.has(name) || this.#underWay.has(name)) throw new Defect(`blob ${name} exists`);
    this.#underWay.add(name);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(Buffer.from(chunk));
      const blob = Buffer.concat(chunks);
      this.#blobs.set(name, blob);
      return blob.length;
    } finally {
      this.#underWay.delete(name);
    }
  }

  read(id: BlobId, range: ByteRange): AsyncIterable<Uint8Array> {
    assert(range.start >= 0 && range.end > range.start, 'a range of a blob is empty');
    return this.#pieces(nameOf(id), range);
  }

  async size(id: BlobId): Promise<number | undefined> {
    return this.#blobs.get(nameOf(id))?.length;
  }

  async delete(id: BlobId): Promise<void> {
    this.#blobs.delete(nameOf(id));
  }

  async *list(): AsyncGenerator<BlobId> {
    for (const name of this.#blobs.keys()) yield Buffer.from(name, 'hex');
  }

  async *listPrefix(prefix: Uint8Array): AsyncGenerator<BlobId> {
    assert(
      prefix.length > 0 && prefix.length <= blobIdBytes,
      'a blob id prefix has a wrong length',
    );
    const wanted = toHex(prefix);
    for (const name of this.#blobs.keys()) {
      if (name.startsWith(wanted)) yield Buffer.from(name, 'hex');
    }
  }

  async freeBytes(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {}

  async *#pieces(name: string, range: ByteRange): AsyncGenerator<Uint8Array> {
    const blob = this.#blobs.get(name);
    if (blob === undefined) throw new Fault('damaged', `blob ${name} is missing`);
    for (let at = range.start; at < range.end; at += chunkBytes) {
      const end = Math.min(at + chunkBytes, range.end);
      if (end > blob.length) throw new Fault('damaged', `blob ${name} ends before ${range.end}`);
      yield Buffer.from(blob.subarray(at, end));
    }
  }
}

function nameOf(id: BlobId): string {
  assert(id.length === blobIdBytes, `a blob id has ${id.length} bytes`);
  return toHex(id);
}
