/**
 * The CRC of two byte strings behind each other, from their CRCs and the length of the second: how
 * a FULL_OBJECT checksum of a multipart object is made without reading it. In GF(2)[x]/P, reflected:
 * crc(A ‖ B) = crc(A) · x^(8·|B|) + crc(B); the initial and final inversions cancel.
 */
import { polynomials } from './crc.ts';

export type CrcAlgorithm = keyof typeof polynomials;

export const isCrc = (algorithm: string): algorithm is CrcAlgorithm =>
  Object.hasOwn(polynomials, algorithm);

/** CRCs as `digest()` gives them, put together in order. */
export class CrcCombiner {
  readonly #field: Field;
  #crc = 0n;

  constructor(algorithm: CrcAlgorithm) {
    this.#field = fields[algorithm] ??= makeField(algorithm);
  }

  /** Adds the next piece: its CRC and its length in bytes. */
  add(digest: Uint8Array, length: number): void {
    this.#crc = multiply(this.#field, this.#crc, power(this.#field, length)) ^ toInteger(digest);
  }

  digest(): Buffer {
    return Buffer.from(this.#crc.toString(16).padStart(Number(this.#field.bits / 4n), '0'), 'hex');
  }
}

interface Field {
  readonly bits: bigint;
  readonly polynomial: bigint;
  /** x^(8·2^k) at k. */
  readonly squares: readonly bigint[];
  /** Parts of an object are nearly always of one length. */
  last: { length: number; power: bigint };
}

const fields: Partial<Record<CrcAlgorithm, Field>> = {};

/** Lengths are safe integers. */
const lengthBits = 53;

function makeField(algorithm: CrcAlgorithm): Field {
  const bits = algorithm === 'CRC64NVME' ? 64n : 32n;
  const squares: bigint[] = [];
  const one = 1n << (bits - 1n);
  const last = { length: 0, power: one };
  const field = { bits, polynomial: polynomials[algorithm], squares, last };
  // Reflected: x^0 is the highest bit, so x^8 stands eight bits below it.
  let square = one >> 8n;
  for (let index = 0; index < lengthBits; index++) {
    squares.push(square);
    square = multiply(field, square, square);
  }
  return field;
}

function power(field: Field, length: number): bigint {
  if (field.last.length === length) return field.last.power;
  let result = 1n << (field.bits - 1n);
  let rest = BigInt(length);
  for (const square of field.squares) {
    if (rest === 0n) break;
    if (rest & 1n) result = multiply(field, result, square);
    rest >>= 1n;
  }
  field.last = { length, power: result };
  return result;
}

function multiply(field: Pick<Field, 'bits' | 'polynomial'>, a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 1n << (field.bits - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ field.polynomial : factor >> 1n;
  }
  return product;
}

function toInteger(digest: Uint8Array): bigint {
  let value = 0n;
  for (const byte of digest) value = (value << 8n) | BigInt(byte);
  return value;
}
