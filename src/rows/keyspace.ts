/**
 * Row keys (FORMAT.md §2.1): a kind byte and fields, encoded so that keys sort as their fields do,
 * by unsigned bytes. Strings are escaped (00 → 00 FF) and ended by 00 01, so no string is a prefix
 * of another's encoding and fields behind it stay in order.
 */
import { hash } from 'node:crypto';
import { asBuffer } from '../base/bytes.ts';
import { Fault, assert } from '../base/refusal.ts';

const idBytes = 16;
const terminatorBytes = 2;

/** A fixed field as its bytes, or a string to be escaped. */
export type KeyField = string | Uint8Array;

/** The key of a row: its kind, then its fields. */
export function encodeKey(kind: number, ...fields: readonly KeyField[]): Buffer {
  let length = 1;
  for (const field of fields) length += fieldBytes(field);
  const key = Buffer.allocUnsafe(length);
  key[0] = kind;
  let at = 1;
  for (const field of fields) {
    if (typeof field === 'string') {
      at = writeString(key, field, at);
    } else {
      key.set(field, at);
      at += field.length;
    }
  }
  return key;
}

/** `str(s)`: escaped and ended. */
export function encodeString(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(fieldBytes(text));
  writeString(bytes, text, 0);
  return bytes;
}

/** The escaped bytes without their end: what every encoding of a string with this prefix begins with. */
export function encodePrefix(prefix: string): Buffer {
  const bytes = encodeString(prefix);
  return bytes.subarray(0, bytes.length - terminatorBytes);
}

/** What the keys of all rows of `kind` in a bucket begin with, whose string begins with `prefix`. */
export function bucketPrefix(kind: number, bucketId: Uint8Array, prefix = ''): Buffer {
  const escaped = encodePrefix(prefix);
  const bytes = Buffer.allocUnsafe(1 + idBytes + escaped.length);
  bytes[0] = kind;
  bytes.set(bucketId, 1);
  bytes.set(escaped, 1 + idBytes);
  return bytes;
}

/** Keys from `start`, inclusive, to `end`, exclusive. */
export interface KeyRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

/** All keys that begin with `prefix`, which is not all FF. */
export function rangeOf(prefix: Uint8Array): KeyRange {
  return { start: prefix, end: behindAll(prefix) };
}

/** The least key behind `key` itself. */
export function behind(key: Uint8Array): Buffer {
  const next = Buffer.allocUnsafe(key.length + 1);
  next.set(key);
  next[key.length] = 0;
  return next;
}

/** The least key behind every key that begins with `prefix`. Kinds are below FF, so there is one. */
export function behindAll(prefix: Uint8Array): Buffer {
  const end = prefixEnd(prefix);
  assert(end, 'a prefix of row keys is all FF');
  return end;
}

/** The smallest key above every key that begins with `prefix`; undefined when there is none. */
export function prefixEnd(prefix: Uint8Array): Buffer | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  if (length === 0) return undefined;
  const end = Buffer.from(prefix.subarray(0, length));
  end[length - 1] = (end[length - 1] ?? 0) + 1;
  return end;
}

/** Takes the fields of a key one by one. A malformed key is `Fault('damaged')`. */
export class KeyReader {
  readonly #key: Buffer;
  #at = 1;

  constructor(key: Uint8Array, kind: number) {
    this.#key = asBuffer(key);
    if (this.#key[0] !== kind) throw new Fault('damaged', 'a row key is of another kind');
  }

  /** A fixed field. Shares the key's memory. */
  bytes(length: number): Buffer {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#key.length) throw new Fault('damaged', 'a row key is cut short');
    return this.#key.subarray(start, this.#at);
  }

  string(): string {
    const { text, end } = decodeString(this.#key, this.#at);
    this.#at = end;
    return text;
  }

  /** An integer of 1 to 6 bytes. */
  integer(length: number): number {
    return this.bytes(length).readUIntBE(0, length);
  }

  /** A `u64` that is a safe integer. */
  long(): number {
    const value = Number(this.bytes(8).readBigUInt64BE());
    if (!Number.isSafeInteger(value)) throw new Fault('damaged', 'a row key has no such number');
    return value;
  }

  ordinal(): number {
    const ordinal = decodeOrdinal(this.#key, this.#at);
    this.#at += 8;
    return ordinal;
  }

  /** Nothing may follow. */
  end(): void {
    if (this.#at !== this.#key.length) throw new Fault('damaged', 'a row key is too long');
  }
}

/** A decoded string and where the next field begins. A malformed key is `Fault('damaged')`. */
export function decodeString(key: Uint8Array, start: number): { text: string; end: number } {
  const bytes = asBuffer(key);
  const zero = bytes.indexOf(0, start);
  if (zero >= 0 && bytes[zero + 1] === 0x01) {
    return { text: bytes.toString('utf8', start, zero), end: zero + terminatorBytes };
  }
  return decodeEscaped(bytes, start);
}

/** `u64(2^64 - 1 - ordinal)`: newer versions sort first. Ordinals are safe integers from 1. */
export function encodeOrdinal(ordinal: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  // All ones less a number are its bits inverted; a safe integer has two halves without BigInt.
  bytes.writeUInt32BE(~Math.floor(ordinal / 2 ** 32) >>> 0, 0);
  bytes.writeUInt32BE(~ordinal >>> 0, 4);
  return bytes;
}

export function decodeOrdinal(key: Uint8Array, start: number): number {
  if (key.length < start + 8) throw new Fault('damaged', 'a row key has no ordinal');
  return Number(ordinalMax - asBuffer(key).readBigUInt64BE(start));
}

/** The shard of the directory that holds a name such as `bucket/NAME`. */
export function directoryShard(name: string): number {
  return hash('sha256', name, 'buffer')[0] ?? 0;
}

/** A row key as a log shows it: printable, its bytes to be read off. */
export function printableKey(key: Uint8Array): string {
  const bytes = asBuffer(key);
  const text = bytes.toString('latin1', 1).replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, (char) => {
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `${bytes.toString('hex', 0, 1)} ${text}`;
}

const ordinalMax = 2n ** 64n - 1n;

function fieldBytes(field: KeyField): number {
  if (typeof field !== 'string') return field.length;
  // A lone surrogate has no UTF-8 of its own: two names would share a key.
  assert(field.isWellFormed(), 'a name in a row key is not well-formed text');
  let length = Buffer.byteLength(field) + terminatorBytes;
  for (let at = field.indexOf('\0'); at >= 0; at = field.indexOf('\0', at + 1)) length += 1;
  return length;
}

/** Writes `str(text)` and gives back where the next field begins. */
function writeString(target: Buffer, text: string, start: number): number {
  let at = start;
  let from = 0;
  for (let zero = text.indexOf('\0'); zero >= 0; zero = text.indexOf('\0', from)) {
    at += target.write(text.slice(from, zero + 1), at, 'utf8');
    target[at] = 0xff;
    at += 1;
    from = zero + 1;
  }
  at += target.write(from === 0 ? text : text.slice(from), at, 'utf8');
  target[at] = 0x00;
  target[at + 1] = 0x01;
  return at + terminatorBytes;
}

function decodeEscaped(bytes: Buffer, start: number): { text: string; end: number } {
  const pieces: Buffer[] = [];
  let from = start;
  for (;;) {
    const zero = bytes.indexOf(0, from);
    if (zero < 0 || zero + 1 >= bytes.length) throw new Fault('damaged', 'a row key has no end');
    const next = bytes[zero + 1];
    if (next === 0x01) {
      pieces.push(bytes.subarray(from, zero));
      return { text: Buffer.concat(pieces).toString('utf8'), end: zero + terminatorBytes };
    }
    if (next !== 0xff) throw new Fault('damaged', 'a row key has a stray zero byte');
    pieces.push(bytes.subarray(from, zero + 1));
    from = zero + 2;
  }
}
