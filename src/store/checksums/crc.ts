/**
 * CRC-32C (iSCSI, RFC 3720) and CRC-64/NVME (NVM Express command set, "64b CRC"), reflected, as
 * AWS's flexible checksums use them (checked 2026-11-24). Sixteen bytes a step by tables; the loop
 * for 64 bits is in crc64-loop.ts. CRC-32 itself is `node:zlib`'s.
 */
import { type Crc64Loop, makeCrc64Loop, slices } from './crc64-loop.ts';

/** A CRC that takes its bytes in pieces. */
export interface Crc {
  update(bytes: Uint8Array): void;
  /** Big-endian, as S3 writes it in base64. */
  digest(): Buffer;
}

/** Reflected polynomials; part of the checksums' definition. */
export const polynomials = {
  CRC32: 0xedb88320n,
  CRC32C: 0x82f63b78n,
  CRC64NVME: 0x9a6c9329ac4bc9b5n,
} as const;

const wordBytes = 4;

/** Tables of slice k at 256 k. */
function makeTables(polynomial: bigint): BigUint64Array {
  const tables = new BigUint64Array(256 * slices);
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    tables[byte] = value;
  }
  for (let at = 256; at < tables.length; at++) {
    const value = tables[at - 256] ?? 0n;
    tables[at] = (value >> 8n) ^ (tables[Number(value & 0xffn)] ?? 0n);
  }
  return tables;
}

let castagnoli: Int32Array | undefined;
let nvme: Crc64Loop | undefined;

export class Crc32c implements Crc {
  #crc = -1;

  update(bytes: Uint8Array): void {
    castagnoli ??= Int32Array.from(makeTables(polynomials.CRC32C), Number);
    this.#crc = update32(castagnoli, this.#crc, bytes);
  }

  digest(): Buffer {
    const digest = Buffer.allocUnsafe(4);
    digest.writeInt32BE(~this.#crc);
    return digest;
  }
}

export class Crc64Nvme implements Crc {
  #crc = 0xffff_ffff_ffff_ffffn;

  update(bytes: Uint8Array): void {
    nvme ??= makeCrc64Loop(makeTables(polynomials.CRC64NVME));
    this.#crc = nvme(this.#crc, bytes);
  }

  digest(): Buffer {
    const digest = Buffer.allocUnsafe(8);
    digest.writeBigUInt64BE(this.#crc ^ 0xffff_ffff_ffff_ffffn);
    return digest;
  }
}

/** Bytes up to the next whole word of memory: words are read through an aligned view. */
function unalignedBytes(bytes: Uint8Array): number {
  return Math.min(bytes.length, -bytes.byteOffset & (wordBytes - 1));
}

/** Whole words from `start`, little-endian as every machine that Node 26 runs on. */
function wordsOf(bytes: Uint8Array, start: number): Int32Array {
  const words = Math.floor((bytes.length - start) / wordBytes);
  // The end may come before the first aligned word.
  if (words === 0) return noWords;
  return new Int32Array(bytes.buffer, bytes.byteOffset + start, words);
}

const noWords = new Int32Array(0);

// The loops below index typed arrays within their bounds; `!` keeps the checks out of them.
/* oxlint-disable typescript/no-non-null-assertion */

function update32(table: Int32Array, start: number, bytes: Uint8Array): number {
  let crc = start;
  let at = 0;
  for (const end = unalignedBytes(bytes); at < end; at++) {
    crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 255]!;
  }
  const words = wordsOf(bytes, at);
  const lastStep = words.length - 3;
  let word = 0;
  for (; word < lastStep; word += 4) {
    const a = crc ^ words[word]!;
    const b = words[word + 1]!;
    const c = words[word + 2]!;
    const d = words[word + 3]!;
    crc =
      table[3840 + (a & 255)]! ^
      table[3584 + ((a >>> 8) & 255)]! ^
      table[3328 + ((a >>> 16) & 255)]! ^
      table[3072 + (a >>> 24)]! ^
      table[2816 + (b & 255)]! ^
      table[2560 + ((b >>> 8) & 255)]! ^
      table[2304 + ((b >>> 16) & 255)]! ^
      table[2048 + (b >>> 24)]! ^
      table[1792 + (c & 255)]! ^
      table[1536 + ((c >>> 8) & 255)]! ^
      table[1280 + ((c >>> 16) & 255)]! ^
      table[1024 + (c >>> 24)]! ^
      table[768 + (d & 255)]! ^
      table[512 + ((d >>> 8) & 255)]! ^
      table[256 + ((d >>> 16) & 255)]! ^
      table[d >>> 24]!;
  }
  for (at += word * wordBytes; at < bytes.length; at++) {
    crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 255]!;
  }
  return crc;
}
