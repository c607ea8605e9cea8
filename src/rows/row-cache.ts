/**
 * Opened rows, kept under their key together with the sealed bytes they were opened from. A kept
 * row is used only if the bytes just read from the store are the same: every use is checked against
 * the store (law 6), and yet costs no decryption. Bounded in rows and in bytes; rows go in the order
 * in which they came, but one that was used meanwhile gets a second turn.
 */
interface CachedRow {
  /** Memory of its own: a slice of a pool would keep the whole pool. */
  readonly sealed: Uint8Array;
  readonly opened: unknown;
  used: boolean;
}

export interface RowCacheLimits {
  readonly rowsMax: number;
  /** Of sealed bytes and an estimate of what an opened row takes beside them. */
  readonly bytesMax: number;
}

export const cacheLimits = {
  settings: { rowsMax: 4_096, bytesMax: 16 * 1024 * 1024 },
  objects: { rowsMax: 8_192, bytesMax: 12 * 1024 * 1024 },
} as const;

/** A row of few bytes costs more than them once it is opened. */
const rowOverheadBytes = 512;

export class RowCache {
  readonly #limits: RowCacheLimits;
  readonly #rows = new Map<string, CachedRow>();
  #bytes = 0;

  constructor(limits: RowCacheLimits) {
    this.#limits = limits;
  }

  /** What was made of exactly these bytes under this key, or undefined. */
  recall(name: string, sealed: Uint8Array): { readonly opened: unknown } | undefined {
    const row = this.#rows.get(name);
    if (row === undefined) return undefined;
    if (row.sealed.length !== sealed.length) return undefined;
    if (Buffer.compare(row.sealed, sealed) !== 0) return undefined;
    row.used = true;
    return row;
  }

  keep(name: string, sealed: Uint8Array, opened: unknown): void {
    this.#forget(name);
    const own = Buffer.allocUnsafeSlow(sealed.length);
    own.set(sealed);
    this.#rows.set(name, { sealed: own, opened, used: false });
    this.#bytes += own.length + rowOverheadBytes;
    const { rowsMax, bytesMax } = this.#limits;
    // A map is in order of insertion, and what is put to its end is met again.
    for (const [oldest, row] of this.#rows) {
      if (this.#rows.size <= rowsMax && this.#bytes <= bytesMax) return;
      if (row.used) {
        row.used = false;
        this.#rows.delete(oldest);
        this.#rows.set(oldest, row);
      } else this.#forget(oldest);
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
