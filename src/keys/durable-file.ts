/**
 * Small files that must survive a crash: each write is synced, and so is the folder that names it.
 * A file appears whole or not at all. Trouble is a `Fault` that names the path. For the keyring and
 * for keepers; blobs have their own engine.
 */
import { link, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { randomId } from '../base/ids.ts';
import { Fault } from '../base/refusal.ts';

/** The bytes of a file of at most `bytesMax`, or undefined where there is none. */
export async function readSmallFile(path: string, bytesMax: number): Promise<Buffer | undefined> {
  const bytes = await trouble(`cannot read ${path}`, async () => {
    await using file = await open(path, 'r').catch(absentIf('ENOENT'));
    if (file === undefined) return undefined;
    const buffer = Buffer.alloc(bytesMax + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) return buffer.subarray(0, length);
      length += bytesRead;
    }
  });
  if (bytes !== undefined && bytes.length > bytesMax) {
    throw new Fault('damaged', `${path} is longer than ${bytesMax} bytes: it is another file`);
  }
  return bytes;
}

/** The names in a folder; none where there is no such folder. */
export async function listFolder(path: string): Promise<string[]> {
  return trouble(`cannot read the folder ${path}`, async () => {
    return (await readdir(path).catch(absentIf('ENOENT'))) ?? [];
  });
}

/** Permission bits of an existing file. */
export async function fileMode(path: string): Promise<number> {
  return trouble(`cannot read ${path}`, async () => (await stat(path)).mode & 0o777);
}

/** Writes a new file in its place (O_EXCL). Durable once resolved; an existing one is a `Fault`. */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  await trouble(`cannot write ${path}`, async () => {
    await writeSynced(path, bytes);
    await syncFolder(dirname(path));
  });
}

/**
 * Makes a new file appear whole: written beside its place, synced, then linked into it. False where
 * the name is taken already: the file there is whole too, and untouched.
 */
export async function placeNewFile(path: string, bytes: Uint8Array): Promise<boolean> {
  return trouble(`cannot create ${path}`, async () => {
    const draft = draftBeside(path);
    try {
      await writeSynced(draft, bytes);
      const placed = await link(draft, path).then(() => true, absentIf('EEXIST'));
      await syncFolder(dirname(path));
      return placed ?? false;
    } finally {
      await rm(draft, { force: true });
    }
  });
}

/** Replaces a file at once: whoever looks sees the old bytes or the new. A link stays a link. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await trouble(`cannot replace ${path}`, async () => {
    const target = await realpath(path);
    const draft = draftBeside(target);
    try {
      await writeSynced(draft, bytes);
      await rename(draft, target);
      await syncFolder(dirname(target));
    } finally {
      await rm(draft, { force: true });
    }
  });
}

/** Gives a file another name, over whatever has that name, durably. Both lie in one folder. */
export async function renameFile(from: string, to: string): Promise<void> {
  await trouble(`cannot replace ${to}`, async () => {
    await rename(from, to);
    await syncFolder(dirname(to));
  });
}

/** Removes files of a folder, durably. One that is not there is no trouble. */
export async function removeFiles(folder: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await trouble(`cannot remove files of ${folder}`, async () => {
    for (const name of names) await rm(join(folder, name), { force: true });
    await syncFolder(folder);
  });
}

/**
 * Removes what a kill left of files that were being made or replaced at `path`. To be called by who
 * alone makes or replaces it.
 */
export async function removeDrafts(path: string): Promise<void> {
  const front = `.${basename(path)}.`;
  const isDraft = (name: string): boolean =>
    name.startsWith(front) && /^[0-9a-f]{16}\.new$/.test(name.slice(front.length));
  const folder = dirname(path);
  await removeFiles(folder, (await listFolder(folder)).filter(isDraft));
}

/** Where a file lies that may be named through links; undefined where there is none. */
export async function realFile(path: string): Promise<string | undefined> {
  return trouble(`cannot read ${path}`, async () => realpath(path).catch(absentIf('ENOENT')));
}

/** Makes a folder (mode 0700) and its parents where they are missing, durably. */
export async function ensureFolder(path: string): Promise<void> {
  await trouble(`cannot create the folder ${path}`, async () => {
    const made = await mkdir(path, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncFolder(dirname(made));
  });
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(bytes);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

function draftBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomId(8).toString('hex')}.new`);
}

/** A rejection handler that makes one expected error undefined and passes on every other. */
function absentIf(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
    return undefined;
  };
}

async function trouble<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Fault('failed', `${what}: ${reason(error)}`, { cause: error });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; run Coffer as the user who owns it',
  EPERM: 'the file system does not allow it; choose another place',
  ENOTSUP: 'the file system cannot do it; choose another place',
  ENOENT: 'its folder does not exist; create it first',
  ENOTDIR: 'its folder is not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'it exists already',
  EBUSY: 'it is mounted by itself; mount the folder that holds it instead',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

function reason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}
