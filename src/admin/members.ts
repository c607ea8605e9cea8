/**
 * A JSON object as it was sent, taken apart strictly: a member is read by name and type, and once
 * an operation has read what it knows, whatever is left is refused by name.
 */
import { Refusal } from '../base/refusal.ts';

export class Members {
  readonly #members: ReadonlyMap<string, unknown>;
  /** For messages: `accessKey.` inside that member. */
  readonly #place: string;
  readonly #read = new Set<string>();
  readonly #inner: Members[] = [];

  constructor(object: object, place = '') {
    this.#members = new Map(Object.entries(object));
    this.#place = place;
  }

  text(name: string): string {
    const value = this.textIf(name);
    if (value === undefined) throw this.#wrong(name, 'is missing');
    return value;
  }

  textIf(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.#wrong(name, 'must be a string');
  }

  /** A string, or null where the member says that there is none. */
  textOrNull(name: string): string | null {
    return this.#take(name) === null ? null : this.text(name);
  }

  /** A whole number from 0. */
  countIf(name: string): number | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.#wrong(name, 'must be a whole number');
  }

  boolean(name: string): boolean {
    const value = this.booleanIf(name);
    if (value === undefined) throw this.#wrong(name, 'is missing');
    return value;
  }

  booleanIf(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#wrong(name, 'must be true or false');
  }

  objectIf(name: string): Members | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.#wrong(name, 'must be an object');
    }
    const inner = new Members(value, `${this.#place}${name}.`);
    this.#inner.push(inner);
    return inner;
  }

  /** An object whose members are strings, whatever their names; at most so many. */
  textsIf(name: string, entriesMax: number): Readonly<Record<string, string>> {
    const inner = this.objectIf(name);
    if (inner === undefined) return {};
    const names = [...inner.#members.keys()];
    if (names.length > entriesMax) throw this.#wrong(name, `has more than ${entriesMax} members`);
    return Object.fromEntries(names.map((each) => [each, inner.text(each)]));
  }

  /** Throws `InvalidRequest` for the first member, at any depth, that nobody read. */
  refuseUnread(): void {
    for (const name of this.#members.keys()) {
      if (!this.#read.has(name)) throw this.#wrong(name, 'is not a member of this request');
    }
    for (const inner of this.#inner) inner.refuseUnread();
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return this.#members.get(name);
  }

  #wrong(name: string, what: string): Refusal {
    const shown = `${this.#place}${name}`.slice(0, 100);
    return new Refusal('InvalidRequest', { message: `${JSON.stringify(shown)} ${what}.` });
  }
}
