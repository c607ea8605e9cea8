/**
 * What the clients store: random bytes with a canary in every 4 KiB, so that a search of the data
 * folder finds any block of them that was written in clear, and trees of files of awkward names
 * and sizes. Names carry no canary: key names are in clear by design (FORMAT.md).
 */
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { readSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Random bytes with `canary` in every 4 KiB. */
export function body(bytes: number, canary: string): Buffer {
  const block = randomFillSync(Buffer.allocUnsafe(bytes));
  for (let at = 0; at + canary.length <= bytes; at += 4 * KiB) block.write(canary, at, 'latin1');
  return block;
}

/** Writes such a body to a file, in pieces; returns the path. */
export function writeBody(path: string, bytes: number, canary: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  try {
    for (let left = bytes; left > 0; left -= MiB)
      writeSync(file, body(Math.min(left, MiB), canary));
  } finally {
    closeSync(file);
  }
  return path;
}

/** Sizes around every border that Coffer's format has: inline limit, segment, and several of them. */
const sizes = [
  1,
  15,
  4096,
  16 * KiB - 1,
  16 * KiB,
  16 * KiB + 1,
  64 * KiB - 1,
  64 * KiB,
  64 * KiB + 1,
  128 * KiB,
  200_000,
  MiB,
  MiB + 1,
  3 * MiB + 17,
];
const names = [
  'plain.txt',
  'with space.bin',
  'plus+sign.bin',
  "it's.bin",
  '(brackets) [too].bin',
  'percent%20.bin',
  'Grüße/ñandú.bin',
  '日本語/ファイル.bin',
  'deep/a/b/c/d/e.bin',
  'tilde~.bin',
  'comma,semi;colon.bin',
  'hash#and&amp;.bin',
  'equals=.bin',
  '.hidden/dots..bin',
];

/** A folder tree to store: returns its path. */
export function plantTree(path: string, canary: string): string {
  names.forEach((name, index) => writeBody(join(path, name), sizes[index] ?? 1, canary));
  for (let n = 0; n < 20; n += 1) writeBody(join(path, `many/${n % 4}/${n}.log`), 100 + n, canary);
  age(path);
  return path;
}

/** Changes a planted tree: one file grows, one goes, one comes. */
export function changeTree(path: string, canary: string): readonly string[] {
  writeBody(join(path, 'plain.txt'), 70_001, canary);
  writeBody(join(path, 'new/late.bin'), 5000, canary);
  age(path, ['plain.txt', 'new/late.bin']);
  return ['many/0/0.log', 'with space.bin'];
}

/** S3 tells times in whole seconds: a file of this very second looks newer than its object. */
function age(path: string, names: readonly string[] = filesBelow(path)): void {
  const before = new Date(Date.now() - 60_000);
  for (const name of names) utimesSync(join(path, name), before, before);
}

/** All files below a folder, relative, sorted. */
export function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort();
}

/** Throws unless both files hold the same bytes. */
export function sameFile(expected: string, actual: string): void {
  const size = statSync(expected).size;
  if (statSync(actual).size !== size) {
    throw new Error(`${actual}: ${statSync(actual).size} bytes, stored were ${size}`);
  }
  const files = [openSync(expected, 'r'), openSync(actual, 'r')] as const;
  const blocks = [Buffer.alloc(MiB), Buffer.alloc(MiB)] as const;
  try {
    for (let at = 0; at < size; at += MiB) {
      const read = readSync(files[0], blocks[0], 0, MiB, at);
      if (readSync(files[1], blocks[1], 0, MiB, at) !== read) throw new Error(`${actual}: short`);
      if (!blocks[0].subarray(0, read).equals(blocks[1].subarray(0, read))) {
        throw new Error(`${actual} differs from ${expected} within 1 MiB of byte ${at}`);
      }
    }
  } finally {
    files.forEach(closeSync);
  }
}

/** Throws unless `actual` holds the very bytes of the file. */
export function sameBytes(expected: string, actual: Buffer): void {
  if (!readFileSync(expected).equals(actual)) throw new Error(`${expected}: bytes differ`);
}

/** Throws unless both trees hold the same files with the same bytes. */
export function sameTree(expected: string, actual: string): void {
  const [left, right] = [filesBelow(expected), filesBelow(actual)];
  const missing = left.filter((name) => !right.includes(name));
  const extra = right.filter((name) => !left.includes(name));
  if (missing.length + extra.length > 0) {
    throw new Error(`trees differ: missing ${missing.join(', ')}; extra ${extra.join(', ')}`);
  }
  for (const name of left) sameFile(join(expected, name), join(actual, name));
}

/** The ETag that S3 gives a single-part object: MD5 of the bytes, quoted. */
export function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

/** A small file with text of its own. */
export function writeText(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
