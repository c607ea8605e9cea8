/**
 * The few calls of the operating system that the files engine makes on blobs, each one round trip
 * to the thread pool. They are a parameter so that tests can make any one of them fail: an engine's
 * promises are about what happens then.
 */
import fs, { constants } from 'node:fs';

export interface Disk {
  /** Makes a file that did not exist, for writing. */
  readonly create: (path: string) => Promise<number>;
  /** A file or folder, for reading and for `sync`. */
  readonly open: (path: string) => Promise<number>;
  /** Appends some of the bytes, at least one; gives how many. */
  readonly write: (fd: number, chunks: readonly Uint8Array[]) => Promise<number>;
  /** Reads up to `buffer.length` bytes; 0 at the end of the file. */
  readonly read: (fd: number, buffer: Uint8Array, position: number) => Promise<number>;
  /** Waits until what was written, and what is needed to find it, is on the medium. */
  readonly sync: (fd: number) => Promise<void>;
  readonly close: (fd: number) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
}

const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** The real one. Callbacks, because a `FileHandle` costs two objects and a finalizer a blob. */
export const nodeDisk: Disk = {
  create: (path) => call((done) => fs.open(path, createFlags, 0o600, done)),
  open: (path) => call((done) => fs.open(path, 'r', done)),
  write: (fd, chunks) => call((done) => fs.writev(fd, chunks, done)),
  read: (fd, buffer, position) =>
    call((done) => fs.read(fd, buffer, 0, buffer.length, position, done)),
  // fsync, not fdatasync: a folder has no data that is not metadata.
  sync: (fd) => call((done) => fs.fsync(fd, done)),
  close: (fd) => call((done) => fs.close(fd, done)),
  remove: (path) => call((done) => fs.unlink(path, done)),
};

type Done<T> = (error: NodeJS.ErrnoException | null | undefined, result?: T) => void;

function call<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error) reject(error);
      else resolve(result as T);
    });
  });
}
