/** What the recovery program wrote: every file with its metadata beside it. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** One restored version. */
export interface Restored {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly metadata: RestoredMetadata;
}

export interface RestoredMetadata {
  readonly bucket: string;
  readonly key: string;
  /** The random id alone, base64url. */
  readonly versionId: string;
  readonly null: boolean;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly meta?: Readonly<Record<string, string>>;
  readonly tags?: readonly (readonly [string, string])[];
  readonly checksum?: { readonly algorithm: string; readonly type: string; readonly value: string };
  readonly protection: string;
  readonly parts?: number;
}

const suffix = '%metadata.json';

/** Every file below a folder that `restore --metadata` filled; throws for a file without metadata. */
export function restoredBelow(folder: string): Restored[] {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const objects = paths.filter((path) => !path.endsWith(suffix));
  if (objects.length * 2 !== paths.length) throw new Error('a file has no metadata beside it');
  return objects.map((path) => ({
    path,
    ...digestOfFile(path),
    metadata: JSON.parse(readFileSync(path + suffix, 'utf8')) as RestoredMetadata,
  }));
}

function digestOfFile(path: string): { size: number; sha256: string } {
  const digest = createHash('sha256');
  const block = Buffer.alloc(1024 * 1024);
  const file = openSync(path, 'r');
  let size = 0;
  try {
    for (;;) {
      const read = readSync(file, block);
      if (read === 0) return { size, sha256: digest.digest('hex') };
      digest.update(block.subarray(0, read));
      size += read;
    }
  } finally {
    closeSync(file);
  }
}
