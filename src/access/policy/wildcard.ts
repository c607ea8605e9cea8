/**
 * Wildcard matching: `*` stands for any run of characters, `?` for exactly one (a UTF-16 unit).
 *
 * Policies are written by tenants and held against headers and keys that strangers choose, so no
 * input may be slow. There is no backtracking: the text between two stars is searched for once, left
 * to right, with Knuth, Morris and Pratt's table, or, where it holds `?`, with one shift-and step a
 * character for every 32 characters of it.
 */

/** A pattern in pieces: text that stands for itself, `any` for `*`, `one` for `?`. */
export type Piece = string | typeof any | typeof one;
export const any = Symbol('*');
export const one = Symbol('?');

export class Wildcard {
  /** The runs between the stars. One run: no star. */
  readonly #runs: readonly Run[];
  readonly #lengthMin: number;

  constructor(pieces: readonly Piece[]) {
    const runs: Run[] = [];
    let run = new Run();
    for (const piece of pieces) {
      if (piece === any) {
        runs.push(run);
        run = new Run();
      } else run.add(piece);
    }
    runs.push(run);
    this.#runs = runs;
    this.#lengthMin = runs.reduce((sum, { length }) => sum + length, 0);
  }

  matches(value: string): boolean {
    const runs = this.#runs;
    const first = runs[0] as Run;
    if (runs.length === 1) return value.length === this.#lengthMin && first.isAt(value, 0);
    const last = runs[runs.length - 1] as Run;
    const end = value.length - last.length;
    if (value.length < this.#lengthMin) return false;
    if (!first.isAt(value, 0) || !last.isAt(value, end)) return false;
    let at = first.length;
    for (let index = 1; index < runs.length - 1; index += 1) {
      const run = runs[index] as Run;
      const found = run.find(value, at, end);
      if (found < 0) return false;
      at = found + run.length;
    }
    return true;
  }
}

/** Up to this length the platform's search is linear enough, and far faster. */
const shortChars = 16;

/** Text without `*`; a `?` in it is kept as a NUL in `text` and its place in `holes`. */
class Run {
  #text = '';
  readonly #holes = new Set<number>();
  #borders: Uint32Array | undefined;

  get length(): number {
    return this.#text.length;
  }

  add(piece: string | typeof one): void {
    if (piece === one) {
      this.#holes.add(this.#text.length);
      this.#text += '\0';
    } else this.#text += piece;
  }

  /** Whether the run stands at `at`; the caller knows that it fits. */
  isAt(value: string, at: number): boolean {
    if (this.#holes.size === 0) return value.startsWith(this.#text, at);
    for (let index = 0; index < this.#text.length; index += 1) {
      if (this.#text[index] !== value[at + index] && !this.#holes.has(index)) return false;
    }
    return true;
  }

  /** Where the run first stands at or after `from`, ending at or before `end`; -1 for nowhere. */
  find(value: string, from: number, end: number): number {
    if (this.#holes.size > 0) return this.#findWithHoles(value, from, end);
    if (this.#text.length > shortChars) return this.#findLong(value, from, end);
    const found = value.indexOf(this.#text, from);
    return found >= 0 && found + this.#text.length <= end ? found : -1;
  }

  #findLong(value: string, from: number, end: number): number {
    const text = this.#text;
    const borders = (this.#borders ??= bordersOf(text));
    let matched = 0;
    for (let at = from; at < end; at += 1) {
      const char = value.charCodeAt(at);
      while (matched > 0 && text.charCodeAt(matched) !== char) matched = borders[matched - 1] ?? 0;
      if (text.charCodeAt(matched) === char) matched += 1;
      if (matched === text.length) return at - matched + 1;
    }
    return -1;
  }

  #findWithHoles(value: string, from: number, end: number): number {
    const length = this.#text.length;
    const words = Math.ceil(length / 32);
    const { masks, anyChar } = this.#masks(words);
    const last = (length - 1) % 32;
    // Bit i: the run's first i + 1 characters stand right before this place.
    const state = new Uint32Array(words);
    for (let at = from; at < end; at += 1) {
      const mask = masks.get(value.charCodeAt(at)) ?? anyChar;
      let carry = 1;
      for (let word = 0; word < words; word += 1) {
        const bits = state[word] ?? 0;
        state[word] = ((bits << 1) | carry) & (mask[word] ?? 0);
        carry = bits >>> 31;
      }
      if ((((state[words - 1] ?? 0) >>> last) & 1) === 1) return at - length + 1;
    }
    return -1;
  }

  /** For each character: at which places of the run it may stand. */
  #masks(words: number): { masks: Map<number, Uint32Array>; anyChar: Uint32Array } {
    const anyChar = new Uint32Array(words);
    for (const hole of this.#holes) setBit(anyChar, hole);
    const masks = new Map<number, Uint32Array>();
    for (let index = 0; index < this.#text.length; index += 1) {
      if (this.#holes.has(index)) continue;
      const char = this.#text.charCodeAt(index);
      const mask = masks.get(char) ?? Uint32Array.from(anyChar);
      setBit(mask, index);
      masks.set(char, mask);
    }
    return { masks, anyChar };
  }
}

function setBit(words: Uint32Array, bit: number): void {
  const word = Math.floor(bit / 32);
  words[word] = (words[word] ?? 0) | (1 << (bit % 32));
}

/** For each prefix of `text`: how long a proper prefix of it is also its end. */
function bordersOf(text: string): Uint32Array {
  const borders = new Uint32Array(text.length);
  let length = 0;
  for (let index = 1; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    while (length > 0 && text.charCodeAt(length) !== char) length = borders[length - 1] ?? 0;
    if (text.charCodeAt(length) === char) length += 1;
    borders[index] = length;
  }
  return borders;
}
