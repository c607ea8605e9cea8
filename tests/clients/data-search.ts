/** A search of files for bytes that must not be in them. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { filesBelow } from './bodies.ts';

export interface Needle {
  readonly label: string;
  readonly bytes: Buffer;
}

export interface Searched {
  readonly files: number;
  readonly bytes: number;
  /** `label in file at offset`, the first of each needle in each file. */
  readonly hits: readonly string[];
}

const blockBytes = 16 * 1024 * 1024;

/** Searches a file, or every file below a folder. */
export function search(path: string, needles: readonly Needle[]): Searched {
  const files = statSync(path).isDirectory()
    ? filesBelow(path).map((name) => join(path, name))
    : [path];
  const hits = files.flatMap((file) => hitsIn(file, needles));
  return { files: files.length, bytes: files.reduce((sum, f) => sum + statSync(f).size, 0), hits };
}

/** A text as it is, in UTF-16, and in base64 at each of the three places a byte can have there. */
export function disguises(label: string, text: string): Needle[] {
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
    // The first and last characters depend on the neighbours of the text.
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  return [
    { label, bytes: Buffer.from(text) },
    { label: `${label} in UTF-16`, bytes: Buffer.from(text, 'utf16le') },
    ...shifted.map((part) => ({ label: `${label} in base64`, bytes: Buffer.from(part) })),
  ];
}

/** A digest as bytes and as the two ways it is written. */
export function digestNeedles(label: string, hex: string): Needle[] {
  const bytes = Buffer.from(hex, 'hex');
  return [
    { label: `${label} (bytes)`, bytes },
    { label: `${label} (hex)`, bytes: Buffer.from(hex) },
    { label: `${label} (base64)`, bytes: Buffer.from(bytes.toString('base64')) },
  ];
}

function hitsIn(path: string, needles: readonly Needle[]): string[] {
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length)) - 1;
  const block = Buffer.alloc(blockBytes);
  const found = new Map<string, string>();
  const file = openSync(path, 'r');
  try {
    for (let at = 0; ; at += blockBytes - overlap) {
      const read = readSync(file, block, 0, blockBytes, at);
      const view = block.subarray(0, read);
      for (const { label, bytes } of needles) {
        const offset = view.indexOf(bytes);
        if (offset >= 0 && !found.has(label)) {
          found.set(label, `${label} in ${path} at ${at + offset}`);
        }
      }
      if (read < blockBytes) return [...found.values()];
    }
  } finally {
    closeSync(file);
  }
}
