/**
 * Row keys (FORMAT.md §2.1): a kind byte and fields, encoded so that keys sort as their fields do,
 * by unsigned bytes. Strings are escaped (00 → 00 FF) and ended by 00 01, so no string is a prefix
 * of another's encoding and fields behind it stay in order.
 */
import { asBuffer } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';

const terminator = Buffer.from([0x00, 0x01]);

/** `str(s)`: escaped and ended. */
export function encodeString(text: string): Buffer {
  return Buffer.concat([escape(Buffer.from(text, 'utf8')), terminator]);
}

/** The escaped bytes without their end: what every encoding of a string with this prefix begins with. */
export function encodePrefix(prefix: string): Buffer {
  return escape(Buffer.from(prefix, 'utf8'));
}

/** A decoded string and where the next field begins. A malformed key is `Fault('damaged')`. */
export function decodeString(key: Uint8Array, start: number): { text: string; end: number } {
  const bytes = asBuffer(key);
  const pieces: Buffer[] = [];
  let from = start;
  for (;;) {
    const zero = bytes.indexOf(0, from);
    if (zero < 0 || zero + 1 >= bytes.length) throw new Fault('damaged', 'a row key has no end');
    const next = bytes[zero + 1];
    if (next === 0x01) {
      pieces.push(bytes.subarray(from, zero));
      return { text: Buffer.concat(pieces).toString('utf8'), end: zero + 2 };
    }
    if (next !== 0xff) throw new Fault('damaged', 'a row key has a stray zero byte');
    pieces.push(bytes.subarray(from, zero + 1));
    from = zero + 2;
  }
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

/** `u64(2^64 - 1 - ordinal)`: newer versions sort first. Ordinals are safe integers from 1. */
export function encodeOrdinal(ordinal: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(ordinalMax - BigInt(ordinal));
  return bytes;
}

export function decodeOrdinal(key: Uint8Array, start: number): number {
  if (key.length < start + 8) throw new Fault('damaged', 'a row key has no ordinal');
  return Number(ordinalMax - asBuffer(key).readBigUInt64BE(start));
}

const ordinalMax = 2n ** 64n - 1n;

function escape(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes;
  const escaped: number[] = [];
  for (const byte of bytes) {
    escaped.push(byte);
    if (byte === 0) escaped.push(0xff);
  }
  return Buffer.from(escaped);
}
