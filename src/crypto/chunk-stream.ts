/**
 * The chunk stream (FORMAT.md §6.1): plaintext cut into 64 KiB segments, each AES-256-GCM under one
 * payload key, the nonce an 11-byte counter and a last-segment flag. This file holds the layout,
 * its size laws and range arithmetic, and the one-shot forms for small bodies; seal-segments.ts and
 * open-segments.ts stream.
 *
 * A payload key seals one stream once: that, and the counter, is what keeps nonces from repeating.
 */
import { assert } from '../base/refusal.ts';
import { type Sealed, asSealed } from '../base/sealed.ts';
import { damaged, gcmOpen, gcmSealInto, tagBytes } from './gcm.ts';
import { type SecretKey, secretsOf } from './secret-key.ts';

/** Part of the format, FORMAT.md §6.1. */
export const segmentBytes = 65_536;
export const sealedSegmentBytes = segmentBytes + tagBytes;

/** Bytes from `start`, inclusive, to `end`, exclusive. */
export interface PlainRange {
  readonly start: number;
  readonly end: number;
}

/** What must be read to answer a range, and how its plaintext is trimmed. */
export interface SegmentSpan {
  /** The sealed bytes of the segments that hold the range. */
  readonly sealed: { readonly start: number; readonly end: number };
  readonly firstSegment: number;
  /** At least 1. */
  readonly segments: number;
  /** Plaintext bytes of the first segment that come before the range. */
  readonly skip: number;
  /** Plaintext bytes of the range. */
  readonly length: number;
}

/** Segments of `plainBytes` bytes: at least one, so that even emptiness is authenticated. */
export function segmentCount(plainBytes: number): number {
  return Math.max(1, Math.ceil(plainBytes / segmentBytes));
}

/** Sealed length of `plainBytes` bytes. */
export function sealedSize(plainBytes: number): number {
  return plainBytes + tagBytes * segmentCount(plainBytes);
}

/** The inverse of `sealedSize`; a length that no plaintext has is `Fault('damaged')`. */
export function plainSize(sealedBytes: number): number {
  const plain = sealedBytes - tagBytes * Math.max(1, Math.ceil(sealedBytes / sealedSegmentBytes));
  if (plain < 0 || sealedSize(plain) !== sealedBytes) throw damaged();
  return plain;
}

/** Plaintext bytes of segment `index` out of a stream of `plainBytes`. */
export function segmentPlainBytes(index: number, plainBytes: number): number {
  return Math.min(segmentBytes, plainBytes - index * segmentBytes);
}

/**
 * The segments that hold `range` of a stream of `plainBytes`. The range lies inside the stream and
 * is not empty, except that an empty stream has the range 0 to 0: its one segment is still opened.
 */
export function segmentsFor(range: PlainRange, plainBytes: number): SegmentSpan {
  const { start, end } = range;
  assert(Number.isSafeInteger(start) && Number.isSafeInteger(end), 'a range of whole numbers');
  assert(start >= 0 && end <= plainBytes, 'the range lies inside the stream');
  assert(start < end || (plainBytes === 0 && end === 0), 'the range is not empty');
  const firstSegment = Math.floor(start / segmentBytes);
  const pastSegment = Math.max(firstSegment + 1, Math.ceil(end / segmentBytes));
  const sealedEnd =
    pastSegment === segmentCount(plainBytes)
      ? sealedSize(plainBytes)
      : pastSegment * sealedSegmentBytes;
  return {
    sealed: { start: firstSegment * sealedSegmentBytes, end: sealedEnd },
    firstSegment,
    segments: pastSegment - firstSegment,
    skip: start - firstSegment * segmentBytes,
    length: end - start,
  };
}

const nonceBytes = 12;
const lastFlagAt = 11;

/** Fills `nonce` for segment `index`: `u88(index) ‖ last`. */
export function setSegmentNonce(nonce: Buffer, index: number, last: boolean): void {
  // The counter's top five bytes stay zero: 2^48 segments are 16 EiB.
  nonce.writeUIntBE(index, 5, 6);
  nonce[lastFlagAt] = last ? 1 : 0;
}

/** A zeroed nonce for `setSegmentNonce`. */
export function segmentNonce(): Buffer {
  return Buffer.alloc(nonceBytes);
}

/** Seals a small body at once. */
export function sealAll(key: SecretKey, aad: Uint8Array, plaintext: Uint8Array): Sealed {
  const sealed = Buffer.allocUnsafe(sealedSize(plaintext.length));
  sealAllInto({ key, aad }, plaintext, sealed, 0);
  return asSealed(sealed);
}

/** Opens what `sealAll` made, all of it verified; else `Fault('damaged')`. */
export function openAll(key: SecretKey, aad: Uint8Array, sealed: Uint8Array): Buffer {
  const total = plainSize(sealed.length);
  const count = segmentCount(total);
  const { bytes } = secretsOf(key);
  const nonce = segmentNonce();
  const open = (index: number): Buffer => {
    setSegmentNonce(nonce, index, index === count - 1);
    const start = index * sealedSegmentBytes;
    const segment = sealed.subarray(start, start + sealedSegmentBytes);
    return gcmOpen({ key: bytes, nonce, aad }, segment);
  };
  const first = open(0);
  if (count === 1) return first;
  const opened = [first];
  for (let index = 1; index < count; index++) opened.push(open(index));
  return Buffer.concat(opened, total);
}

/** Seals into `target` at `offset`, for an envelope that is one allocation. */
export function sealAllInto(
  seal: { readonly key: SecretKey; readonly aad: Uint8Array },
  plaintext: Uint8Array,
  target: Buffer,
  offset: number,
): void {
  const { bytes } = secretsOf(seal.key);
  const nonce = segmentNonce();
  const count = segmentCount(plaintext.length);
  for (let index = 0; index < count; index++) {
    setSegmentNonce(nonce, index, index === count - 1);
    const start = index * segmentBytes;
    const segment = plaintext.subarray(start, start + segmentBytes);
    const at = offset + index * sealedSegmentBytes;
    gcmSealInto({ key: bytes, nonce, aad: seal.aad }, segment, target, at);
  }
}
