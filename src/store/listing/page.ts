/** A page of a listing as it fills: entries and common prefixes counted together. */
export class Page<T> {
  readonly entries: T[] = [];
  readonly commonPrefixes: string[] = [];
  /** What was added last. */
  last: { readonly prefix: string } | { readonly entry: T } | undefined;
  /** True once something was offered that had no room: there is more. */
  truncated = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many more to look for: what there is room for, and one that tells that there is more. */
  get wanted(): number {
    return this.#limit - this.#count + 1;
  }

  add(entry: T): void {
    if (!this.#hasRoom()) return;
    this.entries.push(entry);
    this.last = { entry };
  }

  addPrefix(prefix: string): void {
    if (!this.#hasRoom()) return;
    this.commonPrefixes.push(prefix);
    this.last = { prefix };
  }

  get #count(): number {
    return this.entries.length + this.commonPrefixes.length;
  }

  #hasRoom(): boolean {
    if (this.#count >= this.#limit) this.truncated = true;
    return !this.truncated;
  }
}
