/**
 * Opens a range of a sealed stream (FORMAT.md §6.1) from chunks of any size, in constant memory. A
 * segment's plaintext is released only after its tag verified. Truncated, extended, reordered,
 * swapped or changed segments are `Fault('damaged')`; what was released before stays true, so the
 * reader of a failed stream must show a short body, never a clean end.
 *
 * A chunk belongs to the one it was given to, who frees its memory (`discard`): a sealed chunk to
 * the opener, a chunk of plaintext to its taker.
 */
import { asBuffer, discard } from '../base/bytes.ts';
import {
  type PlainRange,
  segmentCount,
  segmentNonce,
  segmentPlainBytes,
  segmentsFor,
  setSegmentNonce,
} from './chunk-stream.ts';
import { damaged, finishOpen, startOpen, tagBytes } from './gcm.ts';
import { type SecretKey, secretsOf } from './secret-key.ts';

/** Which part of which stream. `range` defaults to all of it. */
export interface OpenRange {
  /** Length of the whole plaintext, as a sealed row tells it. */
  readonly plainSize: number;
  readonly range?: PlainRange;
}

/**
 * The plaintext of `range`, verified, at most a segment a chunk. `sealed` gives exactly the bytes
 * `segmentsFor(range, plainSize).sealed` of the stream.
 */
export async function* openSegments(
  key: SecretKey,
  aad: Uint8Array,
  { plainSize, range = { start: 0, end: plainSize } }: OpenRange,
  sealed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer, void, void> {
  const span = segmentsFor(range, plainSize);
  const pastSegment = span.firstSegment + span.segments;
  const opener = new SegmentOpener({ key, aad, plainSize, first: span.firstSegment });
  let skip = span.skip;
  let left = span.length;
  for await (const chunk of sealed) {
    for (let rest = chunk; rest.length > 0;) {
      // Bytes behind the last segment: the stream was extended.
      if (opener.index === pastSegment) throw damaged();
      rest = opener.take(rest);
      if (!opener.complete) continue;
      const extended = opener.index === pastSegment - 1 && rest.length > 0;
      const pieces = opener.open();
      if (extended) throw damaged();
      for (const piece of pieces) {
        const wanted = piece.subarray(skip, skip + left);
        skip = Math.max(0, skip - piece.length);
        left -= wanted.length;
        if (wanted.length > 0) yield wanted;
      }
    }
    opener.takenWhole(chunk);
  }
  if (opener.index !== pastSegment) throw damaged();
}

/** Gathers one segment at a time, wherever the chunks are cut, and opens it. */
class SegmentOpener {
  /** The segment being gathered. */
  index: number;
  readonly #key: SecretKey;
  readonly #aad: Uint8Array;
  readonly #plainSize: number;
  readonly #nonce = segmentNonce();
  readonly #tag = Buffer.alloc(tagBytes);
  #pieces: Uint8Array[] = [];
  /** Chunks whose last byte is among the pieces. */
  #used: Uint8Array[] = [];
  #bodyLeft: number;
  #tagLeft = tagBytes;

  constructor(stream: {
    readonly key: SecretKey;
    readonly aad: Uint8Array;
    readonly plainSize: number;
    readonly first: number;
  }) {
    this.index = stream.first;
    this.#key = stream.key;
    this.#aad = stream.aad;
    this.#plainSize = stream.plainSize;
    this.#bodyLeft = segmentPlainBytes(stream.first, stream.plainSize);
  }

  get complete(): boolean {
    return this.#tagLeft === 0;
  }

  /** Takes what belongs to this segment and gives back the rest. */
  take(chunk: Uint8Array): Uint8Array {
    let rest = chunk;
    if (this.#bodyLeft > 0) {
      const piece = rest.subarray(0, this.#bodyLeft);
      this.#pieces.push(piece);
      this.#bodyLeft -= piece.length;
      rest = rest.subarray(piece.length);
    }
    if (this.#bodyLeft > 0 || rest.length === 0) return rest;
    const part = rest.subarray(0, this.#tagLeft);
    this.#tag.set(part, tagBytes - this.#tagLeft);
    this.#tagLeft -= part.length;
    return rest.subarray(part.length);
  }

  /** Everything of `chunk` was taken: it is freed as soon as all of it is opened. */
  takenWhole(chunk: Uint8Array): void {
    if (this.#pieces.length === 0) discard(chunk);
    else this.#used.push(chunk);
  }

  /** The gathered segment's plaintext in order, every piece verified; then turns to the next. */
  open(): Buffer[] {
    const last = this.index === segmentCount(this.#plainSize) - 1;
    setSegmentNonce(this.#nonce, this.index, last);
    const decipher = startOpen(secretsOf(this.#key).bytes, this.#nonce, this.#aad);
    const opened = this.#pieces.map((piece) => asBuffer(decipher.update(piece)));
    finishOpen(decipher, this.#tag);
    this.index += 1;
    for (const chunk of this.#used) discard(chunk);
    this.#pieces = [];
    this.#used = [];
    this.#bodyLeft = segmentPlainBytes(this.index, this.#plainSize);
    this.#tagLeft = tagBytes;
    return opened;
  }
}
