/**
 * One LMDB environment as Coffer opens it (docs/decisions/0001-lmdb.md says why each option is so):
 * byte keys and values, 8 KiB pages so that a key of 2,500 bytes fits, one large sparse map set
 * once, and a commit that is synced before it is seen.
 *
 * The file is checked before LMDB maps it: LMDB reads pages through the map, and a page behind the
 * end of a truncated file is a SIGBUS, not an error.
 */
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { checkDataFile } from './data-file.ts';
import { asFault } from './errors.ts';

/** A read transaction of lmdb: `done` gives it back, and it must be called exactly once. */
export interface ReadTransaction {
  done(): void;
}

/** What Coffer uses of lmdb, with the parameters that its type declarations leave out. */
export type Store = Omit<
  RootDatabase<Uint8Array, Uint8Array>,
  'getBinaryFast' | 'useReadTransaction'
> & {
  /** The value in memory that the next read overwrites; its `length` is right, its buffer longer. */
  getBinaryFast(key: Uint8Array, options: ReadOptions): Uint8Array | undefined;
  useReadTransaction(): ReadTransaction;
};

/** Where a read looks: a read transaction or, inside a write transaction, that one. */
export interface ReadOptions {
  readonly transaction?: ReadTransaction;
}

/** The page size is fixed when the file is made; longest key 4,026 bytes. Part of the format. */
export const pageBytes = 8192;

/**
 * Address space, not memory and not disk: the file grows only as pages are written. Some arm64
 * kernels give a process 512 GiB in all. A map that turns out too small is grown by lmdb.
 */
export const mapSizeBytesDefault = process.arch === 'x64' ? 4 * 2 ** 40 : 256 * 2 ** 30;

/** Read transactions open at once over all processes; each costs 64 bytes of the lock file. */
const readersMax = 4096;

/** Opens or makes the environment in the folder `path`, durably. */
export function openEnvironment(path: string, mapSizeBytes: number): Store {
  const folder = resolve(path);
  const file = join(folder, 'data.mdb');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    checkDataFile(file);
    const store = open<Uint8Array, Uint8Array>({
      path: folder,
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
      pageSize: pageBytes,
      mapSize: mapSizeBytes,
      maxReaders: readersMax,
      maxDbs: 1,
    });
    // LMDB syncs its files but not the folders that name them.
    syncFolder(folder);
    syncFolder(dirname(folder));
    return store;
  } catch (error) {
    throw asFault(error, `${file} cannot be opened`);
  }
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
