/**
 * The inner loop of CRC-64, in WebAssembly: JavaScript has no 64-bit integers that are quick, and
 * with two words of 32 bits the loop was the dearest part of a PUT. The module is put together here,
 * from the instructions of "WebAssembly Core Specification 2.0", section 5.4 (checked 2026-11-24).
 *
 * Sixteen bytes a step by tables ("slicing by 16"); one memory holds the tables and a window into
 * which the bytes are copied.
 */

/** Tables of 256 entries. */
export const slices = 16;

const tablesBytes = slices * 256 * 8;
const windowBytes = 64 * 1024;
const pages = (64 * 1024 + windowBytes) / (64 * 1024);

/** Goes on with a reflected CRC-64 over `bytes`. */
export type Crc64Loop = (crc: bigint, bytes: Uint8Array) => bigint;

/** `tables` of slice k at 256 k. */
export function makeCrc64Loop(tables: BigUint64Array): Crc64Loop {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const { memory, run } = instance.exports as Exports;
  new BigUint64Array(memory.buffer, 0, tables.length).set(tables);
  const window = new Uint8Array(memory.buffer, tablesBytes, windowBytes);
  return (start, bytes) => {
    let crc = start;
    for (let at = 0; at < bytes.length; at += windowBytes) {
      const piece = bytes.length <= windowBytes ? bytes : bytes.subarray(at, at + windowBytes);
      window.set(piece);
      crc = run(crc, tablesBytes, tablesBytes + piece.length);
    }
    return BigInt.asUintN(64, crc);
  };
}

/** What is used of it: the types of neither the language nor Node name it. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** CRC so far, address of the first byte, address behind the last. */
  readonly run: (crc: bigint, at: number, end: number) => bigint;
}

type Code = readonly number[];

const magic: Code = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const i32 = 0x7f;
const i64 = 0x7e;
/** The parameters, and one local. */
const crc = 0;
const at = 1;
const end = 2;
const word = 3;

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const code = [1, 1, i64, ...loop(16, wide), ...loop(1, narrow), ...get(crc), 0x0b];
  const name = (text: string): Code => [text.length, ...Buffer.from(text)];
  return Uint8Array.from([
    ...magic,
    ...section(1, [1, 0x60, 3, i64, i32, i32, 1, i64]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('run'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];

/** LEB128. */
const unsigned = (value: number): Code =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
/** Signed LEB128, for values that are not negative. */
const signed = (value: number): Code =>
  value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const int = (value: number): Code => [0x41, ...signed(value)];
const long = (value: number): Code => [0x42, ...signed(value)];
const load64 = (offset: number): Code => [0x29, 3, ...unsigned(offset)];
const load8 = [0x31, 0, 0];
const add = 0x6a;
const greater = 0x4b;
const and64 = 0x83;
const xor64 = 0x85;
const shiftRight64 = 0x88;
const shiftLeft64 = 0x86;
const wrap = 0xa7;

/** `while (at + step <= end) { body; at += step; }` */
function loop(step: number, body: Code): Code {
  const next = [...get(at), ...int(step), add];
  const leave = [...next, ...get(end), greater, 0x0d, 1];
  return [0x02, 0x40, 0x03, 0x40, ...leave, ...body, ...next, ...set(at), 0x0c, 0, 0x0b, 0x0b];
}

/** The entry of table `slice` for byte `index` of a local: its eight bits, times eight. */
function entry(local: number, index: number, slice: number): Code {
  const places = 8 * index - 3;
  const shift = places < 0 ? [...long(3), shiftLeft64] : [...long(places), shiftRight64];
  return [...get(local), ...shift, ...long(0x7f8), and64, wrap, ...load64(slice * 2048)];
}

const bytesOfWord = [0, 1, 2, 3, 4, 5, 6, 7];
const wide: Code = [
  ...get(at),
  ...load64(0),
  ...get(crc),
  xor64,
  ...set(crc),
  ...get(at),
  ...load64(8),
  ...set(word),
  ...entry(word, 7, 0),
  ...bytesOfWord.flatMap((index) => [...entry(crc, index, 15 - index), xor64]),
  ...bytesOfWord.slice(0, 7).flatMap((index) => [...entry(word, index, 7 - index), xor64]),
  ...set(crc),
];

const narrow: Code = [
  ...get(at),
  ...load8,
  ...get(crc),
  xor64,
  ...set(word),
  ...entry(word, 0, 0),
  ...get(crc),
  ...long(8),
  shiftRight64,
  xor64,
  ...set(crc),
];
