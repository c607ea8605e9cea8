/**
 * Where blob files lie (FORMAT.md §2): `XX/ID`, XX being the last two hex digits of the id. Ids of
 * one reservation differ in their last bytes, so its blobs spread over all 256 folders.
 */
import { constants } from 'node:fs';
import { mkdir, open, opendir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toHex } from '../../base/bytes.ts';
import { assert } from '../../base/refusal.ts';
import { blobIdBytes, type BlobId } from '../blobs.ts';

/** The names of the folders. */
export const folderNames: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** The index of a blob's folder in `folderNames`, and its file. */
export function placeOf(root: string, id: BlobId): { folder: number; path: string } {
  assert(id.length === blobIdBytes, `a blob id has ${id.length} bytes`);
  const name = toHex(id);
  return { folder: id[blobIdBytes - 1] ?? 0, path: `${root}/${name.slice(-2)}/${name}` };
}

/** Makes the folders that are missing, durably, so that no write ever waits for one. */
export async function makeFolders(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const present = new Set(await readdir(root));
  const missing = folderNames.filter((name) => !present.has(name));
  if (missing.length === 0) return;
  for (const name of missing) await mkdir(join(root, name), { mode: 0o700 });
  await syncFolder(root);
  await syncFolder(dirname(root));
}

/** Ids of the blob files in one folder; other files are not ours to judge and are passed over. */
export async function* idsIn(root: string, folder: string): AsyncGenerator<Buffer> {
  for await (const entry of await opendir(join(root, folder), { bufferSize: 1024 })) {
    if (blobName.test(entry.name) && entry.name.endsWith(folder)) {
      yield Buffer.from(entry.name, 'hex');
    }
  }
}

const blobName = /^[0-9a-f]{32}$/;

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, constants.O_RDONLY);
  await folder.sync();
}
