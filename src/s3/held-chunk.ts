/**
 * The bytes of a signed chunk, kept until its signature verified. What comes in large pieces is kept
 * without a copy; small pieces are gathered, so that a client sending byte by byte costs no more
 * memory than its bytes.
 */
import { createHash, hash, type Hash } from 'node:crypto';

export class HeldChunk {
  #pieces: Uint8Array[] = [];
  #hash: Hash | undefined;
  #gather: Buffer | undefined;
  #gathered = 0;

  /** Keeps `piece`; `left` is how many bytes of the chunk come after it. */
  add(piece: Uint8Array, left: number): void {
    if (left === 0 && this.#pieces.length === 0 && this.#gather === undefined) {
      this.#pieces.push(piece);
      return;
    }
    this.#hash ??= createHash('sha256');
    this.#hash.update(piece);
    if (piece.length >= smallBytes) {
      this.#flush();
      this.#pieces.push(piece);
      return;
    }
    this.#collect(piece, left);
  }

  /** SHA-256 of the chunk in hexadecimal; it must be whole. */
  digest(): string {
    const [only] = this.#pieces;
    if (this.#hash === undefined) return hash('sha256', only ?? '', 'hex');
    return this.#hash.digest('hex');
  }

  /** Hands the bytes over to the end of `out` and is empty again. */
  release(out: Uint8Array[]): void {
    this.#flush();
    for (const piece of this.#pieces) out.push(piece);
    this.#pieces = [];
    this.#hash = undefined;
  }

  #collect(piece: Uint8Array, left: number): void {
    let at = 0;
    while (at < piece.length) {
      this.#gather ??= Buffer.allocUnsafe(Math.min(gatherBytes, piece.length - at + left));
      const take = Math.min(piece.length - at, this.#gather.length - this.#gathered);
      this.#gather.set(piece.subarray(at, at + take), this.#gathered);
      this.#gathered += take;
      at += take;
      if (this.#gathered === this.#gather.length) this.#flush();
    }
  }

  #flush(): void {
    if (this.#gather === undefined) return;
    this.#pieces.push(this.#gather.subarray(0, this.#gathered));
    this.#gather = undefined;
    this.#gathered = 0;
  }
}

const smallBytes = 4096;
const gatherBytes = 64 * 1024;
