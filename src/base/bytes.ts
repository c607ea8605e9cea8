/** Byte arithmetic that the platform does not name. Integers are big-endian, as in FORMAT.md. */

/** A 4-byte big-endian unsigned integer. */
export function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** An 8-byte big-endian unsigned integer, for values up to 2^53 - 1. */
export function u64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** `lp(x)` of FORMAT.md: the length of `field` as u32, then `field`. */
export function lengthPrefixed(...fields: readonly (Uint8Array | string)[]): Buffer {
  let length = 0;
  for (const field of fields) length += 4 + Buffer.byteLength(field);
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const field of fields) {
    const size = typeof field === 'string' ? bytes.write(field, at + 4, 'utf8') : field.length;
    if (typeof field !== 'string') bytes.set(field, at + 4);
    at = bytes.writeUInt32BE(size, at) + size;
  }
  return bytes;
}

/** The same memory as a `Buffer`, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export const toBase64Url = (bytes: Uint8Array): string => asBuffer(bytes).toString('base64url');
export const fromBase64Url = (text: string): Buffer => Buffer.from(text, 'base64url');
export const toHex = (bytes: Uint8Array): string => asBuffer(bytes).toString('hex');

/**
 * Gives the memory of `bytes` back at once, and `bytes` is empty afterwards: only for who alone holds
 * them. Left to the collector, buffers of large bodies make it mark the whole heap every 32 MiB, which
 * costs more than all their encryption. Views of a larger buffer, and small ones, are left to it.
 */
export function discard({ buffer, length }: Uint8Array): void {
  if (length < discardedBytesMin || length !== buffer.byteLength) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Below it a buffer may come from a pool, and freeing it costs more than it brings. */
const discardedBytesMin = 16 * 1024;
