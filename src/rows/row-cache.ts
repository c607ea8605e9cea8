/**
 * Opened rows, kept under their key together with the sealed bytes they were opened from. A kept
 * row is used only if the bytes just read from the store are the same: every use is checked against
 * the store (law 6), and yet costs no decryption. Bounded in rows and in bytes; the row that was
 * not used for longest goes first.
 */
interface CachedRow {
  /** Memory of its own: a slice of a pool would keep the whole pool. */
  readonly sealed: Uint8Array;
  readonly opened: unknown;
}

export const cachedRowsMax = 4_096;
export const cachedBytesMax = 16 * 1024 * 1024;
/** A row of few bytes costs more than them once it is opened. */
const rowOverheadBytes = 512;

export class RowCache {
  readonly #rows = new Map<string, CachedRow>();
  #bytes = 0;

  /** What was made of exactly these bytes under this key, or undefined. */
  recall(name: string, sealed: Uint8Array): { readonly opened: unknown } | undefined {
    const row = this.#rows.get(name);
    if (row === undefined) return undefined;
    if (row.sealed.length !== sealed.length) return undefined;
    if (Buffer.compare(row.sealed, sealed) !== 0) return undefined;
    // A map is in order of insertion: what is used goes to its end.
    this.#rows.delete(name);
    this.#rows.set(name, row);
    return row;
  }

  keep(name: string, sealed: Uint8Array, opened: unknown): void {
    this.#forget(name);
    const own = Buffer.allocUnsafeSlow(sealed.length);
    own.set(sealed);
    this.#rows.set(name, { sealed: own, opened });
    this.#bytes += own.length + rowOverheadBytes;
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= cachedRowsMax && this.#bytes <= cachedBytesMax) return;
      this.#forget(oldest);
    }
  }

  get size(): number {
    return this.#rows.size;
  }

  #forget(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined) return;
    this.#rows.delete(name);
    this.#bytes -= row.sealed.length + rowOverheadBytes;
  }
}
