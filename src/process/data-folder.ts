/**
 * The data folder (FORMAT.md §2): made with mode 0700, marked as ours by the file `coffer`, locked
 * by the primary. A folder that holds anything and is not marked is somebody else's and is refused.
 * A start that was killed at any point is finished by the next one.
 */
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartError } from '../base/start-error.ts';
import { lockFileName, lockFolder } from './lock.ts';
import type { FolderLock } from './lock.ts';

export interface DataFolder extends Disposable {
  readonly path: string;
  /** The folder was unmarked: nothing has ever been stored here. */
  readonly isNew: boolean;
}

export interface DataFolderOptions {
  /** Absolute. */
  readonly path: string;
  /** --keeper was given: its place is somebody's choice. */
  readonly keeperGiven: boolean;
}

/** Makes or opens, checks and locks the folder. Throws a `StartError`. */
export async function openDataFolder(options: DataFolderOptions): Promise<DataFolder> {
  const { path, keeperGiven } = options;
  await makeFolder(path);
  const looked = await marked(path);
  if (!looked && !keeperGiven && (await isMountPoint(path))) {
    throw new StartError(
      `The data folder ${path} is a mount point, so its root key file would lie outside it, in a place that may not outlive this container or machine. Say where the key is kept with --keeper file:PATH, on storage that lasts and is not the data's own.`,
    );
  }
  const lock = lockFolder(path);
  try {
    // Another start may have been first between the look and the lock.
    const isNew = !(await marked(path));
    if (isNew) await mark(path);
    return held(path, isNew, lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** True when `folder` exists and is marked as a data folder. */
export async function isDataFolder(folder: string): Promise<boolean> {
  return (await markerText(folder)) === marker;
}

/** True when `folder` is not there or empty: the next start would begin a new store in it. */
export async function isUnused(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => error.code ?? '');
  // What cannot be looked into has its own refusal when it is opened.
  if (typeof names === 'string') return names === 'ENOENT';
  return names.every((name) => beforeMarker.has(name)) && (await markerText(folder)) !== marker;
}

const markerName = 'coffer';
const marker = 'coffer-data\n';
/** What an interrupted first start, or mkfs, leaves in an otherwise empty folder. */
const beforeMarker = new Set([markerName, lockFileName, 'lost+found']);

const held = (path: string, isNew: boolean, lock: FolderLock): DataFolder => ({
  path,
  isNew,
  [Symbol.dispose]: () => lock[Symbol.dispose](),
});

async function makeFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
    if (!(await stat(path)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      `The data folder ${path} ${reasons[code ?? ''] ?? `cannot be used (${code}). Check it, or choose another with --data.`}`,
      {
        cause: error,
      },
    );
  }
}

/** Like `mkdir -p`; node's own never returns where a file system answers ENOENT, as /proc does. */
async function makeFolders(path: string): Promise<void> {
  const make = (): Promise<string | undefined> =>
    mkdir(path, { mode: 0o700 }).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST' || error.code === 'ENOENT') return error.code;
        throw error;
      },
    );
  if ((await make()) !== 'ENOENT') return;
  await makeFolders(dirname(path));
  if ((await make()) === 'ENOENT') {
    throw Object.assign(new Error('no folder can be made here'), { code: 'EPERM' });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES:
    'cannot be read and written by this user. Give it to this user, or choose another with --data.',
  EPERM:
    'cannot be read and written by this user. Give it to this user, or choose another with --data.',
  EROFS: 'is on a read-only file system. Choose another with --data.',
  EEXIST: 'is not a folder. Choose another with --data.',
  ENOTDIR: 'is not a folder, or lies below a file. Choose another with --data.',
  ENOSPC: 'cannot be made: the file system is full. Make room, or choose another with --data.',
};

async function markerText(path: string): Promise<string | undefined> {
  try {
    return await readFile(join(path, markerName), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new StartError(`${join(path, markerName)} cannot be read (${code}). Check its mode.`, {
      cause: error,
    });
  }
}

/** True: marked. False: empty, and may be. Throws when the folder is somebody else's. */
async function marked(path: string): Promise<boolean> {
  const text = await markerText(path);
  if (text === marker) return true;
  const others = (await readdir(path)).filter((name) => !beforeMarker.has(name));
  const unfinished = text === undefined || marker.startsWith(text);
  if (others.length === 0 && unfinished) return false;
  throw new StartError(
    `The folder ${path} holds files that are not Coffer's (such as ${JSON.stringify(others[0] ?? markerName)}), so it is left alone. Choose an empty or new folder with --data.`,
  );
}

async function mark(path: string): Promise<void> {
  const file = await open(join(path, markerName), 'w', 0o600);
  try {
    await file.writeFile(marker);
    await file.sync();
  } finally {
    await file.close();
  }
  for (const folder of [path, dirname(path)]) await syncFolder(folder);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  // A parent that may not be read cannot be synced; the folder in it was there before, or is empty.
  if (folder === undefined) return;
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** True where something is mounted at `path`; a bind mount of the same device shows in mountinfo only. */
async function isMountPoint(path: string): Promise<boolean> {
  const real = await realpath(path);
  const [own, parent] = await Promise.all([stat(real), stat(dirname(real))]);
  if (own.dev !== parent.dev || own.ino === parent.ino) return true;
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return mounts.split('\n').some((line) => {
    const point = (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_all, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    );
    return Buffer.from(point, 'latin1').toString('utf8') === real;
  });
}
