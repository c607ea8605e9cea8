/**
 * Seals a stream of any length in chunks of any size (FORMAT.md §6.1), in constant memory. Whether
 * a segment is the last stands in its nonce, so a segment is sealed only when a byte beyond it, or
 * the end, has been seen: at most one segment and one chunk of plaintext wait meanwhile, uncopied.
 *
 * A chunk belongs to the one it was given to, who frees its memory (`discard`): a chunk of plaintext
 * to the seal, a sealed one to its taker.
 */
import { discard } from '../base/bytes.ts';
import { type Sealed, asSealed } from '../base/sealed.ts';
import { sealedSegmentBytes, segmentBytes, segmentNonce, setSegmentNonce } from './chunk-stream.ts';
import { startSeal, tagBytes } from './gcm.ts';
import { type SecretKey, secretsOf } from './secret-key.ts';

/** Segments that one yielded chunk holds: one write of 256 KiB to a file instead of four. */
export const segmentsPerBatch = 4;

/**
 * The sealed stream of `body`, in chunks of up to four segments. A chunk of `body` is kept, not
 * copied, until it is sealed, and freed then. If `body` fails, so does this.
 * `before` is clear text in front of the first segment (a blob file's header).
 */
export async function* sealSegments(
  key: SecretKey,
  aad: Uint8Array,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  before: Uint8Array = nothing,
): AsyncGenerator<Sealed, void, void> {
  using sealer = new SegmentSealer(key, aad, before);
  for await (const chunk of body) {
    for (let taken = 0; taken < chunk.length;) {
      taken += sealer.take(chunk, taken);
      const batch = sealer.fullBatch();
      if (batch !== undefined) yield batch;
    }
  }
  yield sealer.end();
}

const nothing = new Uint8Array(0);

/** Plaintext in, sealed batches out. Holds what waits for the byte that shows it was not the last. */
class SegmentSealer implements Disposable {
  readonly #key: SecretKey;
  readonly #aad: Uint8Array;
  readonly #nonce = segmentNonce();
  #index = 0;
  /** Plaintext of the segment being gathered, as it came. */
  #pieces: Uint8Array[] = [];
  /** Chunks whose last byte is among the pieces. */
  #used: Uint8Array[] = [];
  #gathered = 0;
  #batch: Buffer;
  #filled: number;

  constructor(key: SecretKey, aad: Uint8Array, before: Uint8Array) {
    this.#key = key;
    this.#aad = aad;
    this.#batch = Buffer.allocUnsafe(before.length);
    this.#batch.set(before);
    this.#filled = before.length;
  }

  /** Takes up to a segment's worth of `chunk` from `start`, where it does not end; gives how much. */
  take(chunk: Uint8Array, start: number): number {
    if (this.#gathered === segmentBytes) this.#seal(false);
    const end = Math.min(chunk.length, start + segmentBytes - this.#gathered);
    this.#pieces.push(chunk.subarray(start, end));
    if (end === chunk.length) this.#used.push(chunk);
    this.#gathered += end - start;
    return end - start;
  }

  /** The batch, once no further segment fits. */
  fullBatch(): Sealed | undefined {
    if (this.#filled < segmentsPerBatch * sealedSegmentBytes) return undefined;
    const batch = this.#batch.subarray(0, this.#filled);
    this.#batch = Buffer.allocUnsafe(0);
    this.#filled = 0;
    return asSealed(batch);
  }

  /** Seals the last segment; whatever was not given yet. */
  end(): Sealed {
    this.#seal(true);
    const batch = this.#batch.subarray(0, this.#filled);
    this.#batch = Buffer.allocUnsafe(0);
    return asSealed(batch);
  }

  /** What a stream that ends early leaves. */
  [Symbol.dispose](): void {
    for (const chunk of [...this.#used, this.#batch]) discard(chunk);
  }

  #seal(last: boolean): void {
    this.#makeRoom(last);
    setSegmentNonce(this.#nonce, this.#index, last);
    const cipher = startSeal(secretsOf(this.#key).bytes, this.#nonce, this.#aad);
    let at = this.#filled;
    for (const piece of this.#pieces) {
      const sealed = cipher.update(piece);
      this.#batch.set(sealed, at);
      discard(sealed);
      at += piece.length;
    }
    cipher.final();
    this.#batch.set(cipher.getAuthTag(), at);
    this.#filled = at + tagBytes;
    this.#index += 1;
    for (const chunk of this.#used) discard(chunk);
    this.#pieces = [];
    this.#used = [];
    this.#gathered = 0;
  }

  #makeRoom(last: boolean): void {
    const needed = this.#gathered + tagBytes;
    if (this.#filled + needed <= this.#batch.length) return;
    const carried = this.#batch.subarray(0, this.#filled);
    // A stream that ends in its first segment gets what it needs, not a whole batch.
    const room = last ? needed : segmentsPerBatch * sealedSegmentBytes;
    this.#batch = Buffer.allocUnsafeSlow(this.#filled + room);
    this.#batch.set(carried);
  }
}
