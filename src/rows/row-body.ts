/**
 * Bodies of rows: one JSON object (FORMAT.md §7). What is read is checked member by member, since a
 * body of another shape is damage, however well it is sealed. Unknown members are ignored; bytes
 * are base64url.
 */
import { asBuffer, fromBase64Url, toBase64Url } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';

/** A value as a body; members that are undefined are left out. */
export function encodeBody(value: object): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

/** Bytes as a member of a body. */
export const b64 = toBase64Url;

export type TagPairs = readonly (readonly [key: string, value: string])[];

/** The members of one JSON object, each read as what it must be. */
export class RowBody {
  readonly #members: Readonly<Record<string, unknown>>;

  constructor(members: Readonly<Record<string, unknown>>) {
    this.#members = members;
  }

  static parse(body: Uint8Array): RowBody {
    return new RowBody(parseObject(body));
  }

  text(name: string): string {
    const value = this.#members[name];
    return typeof value === 'string' ? value : wrong(name);
  }

  textIf(name: string): string | undefined {
    return this.#members[name] === undefined ? undefined : this.text(name);
  }

  /** A whole number from 0. */
  count(name: string): number {
    const value = this.#members[name];
    return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : wrong(name);
  }

  countIf(name: string): number | undefined {
    return this.#members[name] === undefined ? undefined : this.count(name);
  }

  time(name: string): Date {
    const time = new Date(this.count(name));
    return Number.isNaN(time.getTime()) ? wrong(name) : time;
  }

  timeIf(name: string): Date | undefined {
    return this.#members[name] === undefined ? undefined : this.time(name);
  }

  bytes(name: string, length: number): Buffer {
    return asBytes(this.#members[name], length, name);
  }

  bytesIf(name: string, length: number): Buffer | undefined {
    return this.#members[name] === undefined ? undefined : this.bytes(name, length);
  }

  /** True or absent. */
  flag(name: string): boolean {
    const value = this.#members[name];
    if (value === undefined || typeof value === 'boolean') return value === true;
    return wrong(name);
  }

  /** A boolean that must be there. */
  boolean(name: string): boolean {
    const value = this.#members[name];
    return typeof value === 'boolean' ? value : wrong(name);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.#members[name] as T;
    return allowed.includes(value) ? value : wrong(name);
  }

  oneOfIf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    return this.#members[name] === undefined ? undefined : this.oneOf(name, allowed);
  }

  object(name: string): RowBody {
    const value = this.#members[name];
    return isObject(value) ? new RowBody(value) : wrong(name);
  }

  objectIf(name: string): RowBody | undefined {
    return this.#members[name] === undefined ? undefined : this.object(name);
  }

  list(name: string): readonly unknown[] {
    const value = this.#members[name];
    return Array.isArray(value) ? (value as unknown[]) : wrong(name);
  }

  texts(name: string): readonly string[] {
    const list = this.list(name);
    return list.every((item) => typeof item === 'string') ? list : wrong(name);
  }

  /** An object of strings. */
  textMapIf(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.#members[name];
    if (value === undefined) return undefined;
    if (!isObject(value)) return wrong(name);
    for (const key in value) if (typeof value[key] !== 'string') return wrong(name);
    return value as Record<string, string>;
  }

  /** An object of whole numbers from 0. */
  countMap(name: string): Readonly<Record<string, number>> {
    const members = this.#members[name];
    if (!isObject(members)) return wrong(name);
    for (const key in members) {
      if (!Number.isSafeInteger(members[key]) || (members[key] as number) < 0) return wrong(name);
    }
    return members as Record<string, number>;
  }

  tagsIf(name: string): TagPairs | undefined {
    if (this.#members[name] === undefined) return undefined;
    const isPair = (item: unknown): boolean =>
      Array.isArray(item) && item.length === 2 && item.every((text) => typeof text === 'string');
    const list = this.list(name);
    return list.every(isPair) ? (list as TagPairs) : wrong(name);
  }
}

/** Bytes of `length` out of a JSON string. */
export function asBytes(value: unknown, length: number, name: string): Buffer {
  const bytes = fromBase64Url(typeof value === 'string' ? value : '');
  return bytes.length === length ? bytes : wrong(name);
}

/** Says which member is wrong and never what stood there: bodies are secret. */
export function wrong(name: string): never {
  throw new Fault('damaged', `the body has no such ${name} as its format demands`);
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(asBuffer(body).toString('utf8'));
    if (isObject(parsed)) return parsed;
  } catch {
    // The parser's own message would quote the plaintext.
    throw new Fault('damaged', 'the body is not JSON');
  }
  throw new Fault('damaged', 'the body is not a JSON object');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
