/**
 * Opened rows, kept under their key together with the sealed bytes they were opened from. A kept
 * row is used only if the bytes just read from the store are the same: every use is checked against
 * the store (law 6), and yet costs no decryption.
 *
 * Bounded in rows and in bytes, by two generations: what is used moves to the younger one, and when
 * that is full the older one goes as a whole. So half of what is allowed is always kept, and at most
 * all of it; a map from which single rows were removed in their order costs thrice as much.
 */
interface CachedRow {
  /** Memory of its own: a slice of a pool would keep the whole pool. */
  readonly sealed: Uint8Array;
  readonly opened: unknown;
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
  readonly #rowsMax: number;
  readonly #bytesMax: number;
  #young = new Map<string, CachedRow>();
  #youngBytes = 0;
  #old = new Map<string, CachedRow>();

  constructor({ rowsMax, bytesMax }: RowCacheLimits) {
    this.#rowsMax = rowsMax / 2;
    this.#bytesMax = bytesMax / 2;
  }

  /** What was made of exactly these bytes under this key, or undefined. */
  recall(name: string, sealed: Uint8Array): { readonly opened: unknown } | undefined {
    const young = this.#young.get(name);
    const row = young ?? this.#old.get(name);
    if (row === undefined || row.sealed.length !== sealed.length) return undefined;
    if (Buffer.compare(row.sealed, sealed) !== 0) return undefined;
    if (young === undefined) {
      this.#old.delete(name);
      this.#add(name, row);
    }
    return row;
  }

  /** Keeps a row, unless it would take up a whole generation. */
  keep(name: string, sealed: Uint8Array, opened: unknown): void {
    this.#forget(name);
    if (bytesOf(sealed) > this.#bytesMax) return;
    const own = Buffer.allocUnsafeSlow(sealed.length);
    own.set(sealed);
    this.#add(name, { sealed: own, opened });
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  #add(name: string, row: CachedRow): void {
    const bytes = bytesOf(row.sealed);
    if (this.#young.size + 1 > this.#rowsMax || this.#youngBytes + bytes > this.#bytesMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(name, row);
    this.#youngBytes += bytes;
  }

  #forget(name: string): void {
    const young = this.#young.get(name);
    if (young === undefined) this.#old.delete(name);
    else {
      this.#young.delete(name);
      this.#youngBytes -= bytesOf(young.sealed);
    }
  }
}

function bytesOf(sealed: Uint8Array): number {
  return sealed.length + rowOverheadBytes;
}
