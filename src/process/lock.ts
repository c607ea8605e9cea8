/**
 * The data folder's lock: one primary process serves a folder. It is an operating system's file
 * lock on DATA/lock, taken through the SQLite that is part of node (node has no lock call of its
 * own): gone the moment its process is gone, by SIGKILL or power loss too, so there is never a stale
 * lock to judge, and a process id that was given again means nothing. The file stays empty.
 *
 * Such a lock is lost when its process closes any other descriptor of the same file: nothing in
 * this process may open DATA/lock. It holds between containers and hosts as far as their file system
 * carries locks; on one that does not, start is refused.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '../base/start-error.ts';

/** Held until disposed, or until this process ends. */
export class FolderLock implements Disposable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** Takes the lock of `folder`, or throws a `StartError` that names who has it where that is known. */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, lockFileName);
  let database: DatabaseSync | undefined;
  try {
    // Two that start at once look at each other's first step: the wait lets one of them go on.
    database = new DatabaseSync(path, { timeout: raceMs });
    // A journal on disk would be a second file; nothing is ever written.
    database.exec('PRAGMA journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
    return new FolderLock(database);
  } catch (error) {
    if (database?.isOpen === true) database.close();
    throw refused(folder, path, error as Error & { readonly errcode?: number });
  }
}

export const lockFileName = 'lock';

const raceMs = 500;
const sqliteBusy = 5;
const sqliteLocked = 6;
const sqliteNotADatabase = 26;

function refused(folder: string, path: string, error: Error & { errcode?: number }): StartError {
  const code = (error.errcode ?? 0) & 0xff;
  if (code === sqliteBusy || code === sqliteLocked) {
    const holder = holderOf(path);
    const who = holder === undefined ? 'Another Coffer' : `Another Coffer (process ${holder})`;
    return new StartError(
      `${who} serves the data folder ${folder}. Stop it, or give this one another folder with --data.`,
    );
  }
  if (code === sqliteNotADatabase) {
    return new StartError(`${path} must be empty, and is not. Delete it when no Coffer runs.`);
  }
  return new StartError(
    `${path} cannot be locked (${error.message}). The data folder needs a file system with file locks that this user may write.`,
    { cause: error },
  );
}

/** Linux tells which process holds a lock; elsewhere, or from another container, nobody does. */
function holderOf(path: string): number | undefined {
  try {
    const inode = `:${statSync(path).ino} `;
    const holders = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .filter((line) => line.includes(inode) && line.includes(' WRITE '))
      .map((line) => Number(/ WRITE +(\d+) /.exec(line)?.[1] ?? 0))
      .filter((pid) => pid > 0);
    return holders.length === 1 ? holders[0] : undefined;
  } catch {
    return undefined;
  }
}
