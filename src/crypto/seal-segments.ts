/**
 * Seals a stream of any length in chunks of any size (FORMAT.md §6.1), in constant memory. Whether
 * a segment is the last stands in its nonce, so a segment is sealed only when a byte beyond it, or
 * the end, has been seen: at most one segment and one chunk of plaintext wait meanwhile, uncopied.
 */
import { type Sealed, asSealed } from '../base/sealed.ts';
import { sealedSegmentBytes, segmentBytes, segmentNonce, setSegmentNonce } from './chunk-stream.ts';
import { startSeal, tagBytes } from './gcm.ts';
import { type SecretKey, secretsOf } from './secret-key.ts';

/** Segments that one yielded chunk holds: one write of 256 KiB to a file instead of four. */
export const segmentsPerBatch = 4;

/**
 * The sealed stream of `body`, in chunks of up to four segments. A chunk of `body` is kept, not
 * copied, until it is sealed: its owner must not change it. If `body` fails, so does this.
 * `before` is clear text in front of the first segment (a blob file's header).
 */
export async function* sealSegments(
  key: SecretKey,
  aad: Uint8Array,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  before: Uint8Array = nothing,
): AsyncGenerator<Sealed, void, void> {
  const sealer = new SegmentSealer(key, aad, before);
  for await (const chunk of body) {
    for (let rest = chunk; rest.length > 0;) {
      rest = sealer.take(rest);
      const batch = sealer.fullBatch();
      if (batch !== undefined) yield batch;
    }
  }
  yield sealer.end();
}

const nothing = new Uint8Array(0);

/** Plaintext in, sealed batches out. Holds what waits for the byte that shows it was not the last. */
class SegmentSealer {
  readonly #key: SecretKey;
  readonly #aad: Uint8Array;
  readonly #nonce = segmentNonce();
  #index = 0;
  /** Plaintext of the segment being gathered, as it came. */
  #pieces: Uint8Array[] = [];
  #gathered = 0;
  #batch: Buffer;
  #used: number;

  constructor(key: SecretKey, aad: Uint8Array, before: Uint8Array) {
    this.#key = key;
    this.#aad = aad;
    this.#batch = Buffer.allocUnsafe(before.length);
    this.#batch.set(before);
    this.#used = before.length;
  }

  /** Takes up to a segment's worth of `chunk`, which is not empty, and gives back the rest. */
  take(chunk: Uint8Array): Uint8Array {
    if (this.#gathered === segmentBytes) this.#seal(false);
    const room = segmentBytes - this.#gathered;
    const piece = chunk.length <= room ? chunk : chunk.subarray(0, room);
    this.#pieces.push(piece);
    this.#gathered += piece.length;
    return chunk.subarray(piece.length);
  }

  /** The batch, once no further segment fits. */
  fullBatch(): Sealed | undefined {
    if (this.#used < segmentsPerBatch * sealedSegmentBytes) return undefined;
    const batch = this.#batch.subarray(0, this.#used);
    this.#batch = Buffer.allocUnsafe(0);
    this.#used = 0;
    return asSealed(batch);
  }

  /** Seals the last segment; whatever was not given yet. */
  end(): Sealed {
    this.#seal(true);
    return asSealed(this.#batch.subarray(0, this.#used));
  }

  #seal(last: boolean): void {
    this.#makeRoom(last);
    setSegmentNonce(this.#nonce, this.#index, last);
    const cipher = startSeal(secretsOf(this.#key).bytes, this.#nonce, this.#aad);
    let at = this.#used;
    for (const piece of this.#pieces) {
      this.#batch.set(cipher.update(piece), at);
      at += piece.length;
    }
    cipher.final();
    this.#batch.set(cipher.getAuthTag(), at);
    this.#used = at + tagBytes;
    this.#index += 1;
    this.#pieces = [];
    this.#gathered = 0;
  }

  #makeRoom(last: boolean): void {
    const needed = this.#gathered + tagBytes;
    if (this.#used + needed <= this.#batch.length) return;
    const carried = this.#batch.subarray(0, this.#used);
    // A stream that ends in its first segment gets what it needs, not a whole batch.
    const room = last ? needed : segmentsPerBatch * sealedSegmentBytes;
    this.#batch = Buffer.allocUnsafeSlow(this.#used + room);
    this.#batch.set(carried);
  }
}
