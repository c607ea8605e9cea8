/**
 * The aws-chunked coding, decoded without I/O: bytes of the wire go in, plaintext comes out
 * ("Transferring Payload in Multiple Chunks" and "Including Trailing Headers", S3 API reference,
 * 2026-11-24).
 *
 *     body    = *chunk last trailer
 *     chunk   = size [";chunk-signature=" 64HEX] CRLF bytes CRLF        last: size 0, no bytes
 *     trailer = *(name ":" value CRLF) CRLF                              (`chunk-trailer.ts`)
 *
 * The signature stands there exactly when the rule of the payload says so. A signed chunk is at most
 * 16 MiB, for it is kept whole until its signature verified (CVE-2021-21390); an unsigned one is
 * handed on as it comes, whatever its size. Every other byte is refused, and the work is linear in
 * the bytes. AWS refuses chunks below 8 KiB that are not the last; Coffer takes them.
 */
import { MiB, parserLimits } from '../base/limits.ts';
import { asBuffer } from '../base/bytes.ts';
import { Refusal } from '../base/refusal.ts';
import { type ChunkSignatures, emptyHash } from './chunk-signatures.ts';
import type { ChunkTrailer } from './chunk-trailer.ts';
import { HeldChunk } from './held-chunk.ts';

/** The largest signed chunk, in bytes. SDKs send 64 KiB to 1 MiB. */
export const signedChunkBytesMax = 16 * MiB;

export interface ChunkedBody {
  /** Length of the plaintext: `x-amz-decoded-content-length`. */
  readonly length: number;
  /** undefined: chunks carry no signatures. */
  readonly signatures: ChunkSignatures | undefined;
  /** Takes the text after the last chunk. */
  readonly trailer: ChunkTrailer;
}

type State = 'size' | 'bytes' | 'cr' | 'lf' | 'trailer';

/** Decodes one body. Any error ends it. */
export class ChunkedDecoder {
  readonly #body: ChunkedBody;
  readonly #held = new HeldChunk();
  #state: State = 'size';
  /** What of a size line, or of the trailer, came before. */
  #text = '';
  /** Bytes of this chunk still to come. */
  #left = 0;
  #signature = '';
  /** Plaintext announced by the chunks so far. */
  #announced = 0;

  constructor(body: ChunkedBody) {
    this.#body = body;
  }

  /** Decodes the next bytes and appends the plaintext that is now known good to `out`. */
  push(wire: Uint8Array, out: Uint8Array[]): void {
    const bytes = asBuffer(wire);
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case 'size':
          at = this.#size(bytes, at);
          break;
        case 'bytes':
          at = this.#bytes(bytes, at, out);
          break;
        case 'cr':
          if (bytes[at] !== cr) throw malformedChunk();
          this.#state = 'lf';
          at += 1;
          break;
        case 'lf':
          if (bytes[at] !== lf) throw malformedChunk();
          this.#state = 'size';
          at += 1;
          break;
        case 'trailer':
          this.#text += this.#textOf(bytes, at, bytes.length, parserLimits.trailerBytesMax);
          at = bytes.length;
          break;
      }
    }
  }

  /** The wire has ended. Throws unless it ended where a body ends. */
  end(): void {
    if (this.#state !== 'trailer' || this.#announced !== this.#body.length) throw incomplete();
    this.#body.trailer.take(this.#text, this.#body.signatures);
  }

  #size(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(lf, at);
    const stop = end < 0 ? bytes.length : end + 1;
    const line = this.#text + this.#textOf(bytes, at, stop, parserLimits.chunkHeaderBytesMax);
    if (end < 0) {
      this.#text = line;
      return stop;
    }
    this.#text = '';
    this.#begin(line);
    return stop;
  }

  #begin(line: string): void {
    const { length, signatures } = this.#body;
    const parts = (signatures === undefined ? unsignedLine : signedLine).exec(line);
    if (parts === null) throw malformedChunk();
    const size = Number.parseInt(parts[1] ?? '', 16);
    this.#signature = (parts[2] ?? '').toLowerCase();
    if (size === 0) {
      signatures?.checkChunk(emptyHash, this.#signature);
      this.#state = 'trailer';
      return;
    }
    this.#announced += size;
    // More bytes than were declared: refused before they are read.
    if (this.#announced > length) throw incomplete();
    if (signatures !== undefined && size > signedChunkBytesMax) {
      throw new Refusal('InvalidRequest', {
        message: `A signed chunk may have at most ${signedChunkBytesMax} bytes.`,
      });
    }
    this.#left = size;
    this.#state = 'bytes';
  }

  #bytes(bytes: Buffer, at: number, out: Uint8Array[]): number {
    const end = Math.min(at + this.#left, bytes.length);
    const piece = at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end);
    this.#left -= end - at;
    const { signatures } = this.#body;
    if (signatures === undefined) out.push(piece);
    else this.#held.add(piece, this.#left);
    if (this.#left > 0) return end;
    if (signatures !== undefined) {
      signatures.checkChunk(this.#held.digest(), this.#signature);
      this.#held.release(out);
    }
    this.#state = 'cr';
    return end;
  }

  #textOf(bytes: Buffer, from: number, to: number, max: number): string {
    if (this.#text.length + to - from > max) throw malformedChunk();
    return bytes.toString('latin1', from, to);
  }
}

const cr = 0x0d;
const lf = 0x0a;

/** Up to 12 digits: far beyond any object, and exact as a number. */
const unsignedLine = /^([0-9a-fA-F]{1,12})\r\n$/;
const signedLine = /^([0-9a-fA-F]{1,12});chunk-signature=([0-9a-fA-F]{64})\r\n$/;

function malformedChunk(): Refusal {
  return new Refusal('InvalidRequest', {
    message: 'The request body is not well-formed aws-chunked content.',
  });
}

function incomplete(): Refusal {
  return new Refusal('IncompleteBody');
}
