/**
 * The blob port on plain files (docs/decisions/0002-blob-files.md). A file is made in its final
 * place with O_EXCL, so there is no rename whose durability could be in doubt; nothing refers to it
 * until the metadata says so, and what is left of a failed write is the sweeper's.
 */
import { stat, statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { assert, Defect, Fault, Refusal } from '../../base/refusal.ts';
import type { Sealed } from '../../base/sealed.ts';
import { blobIdBytes, type BlobId, type Blobs, type ByteRange } from '../blobs.ts';
import { nodeDisk, type Disk } from './disk.ts';
import { codeOf, readFailure, writeFailure } from './errors.ts';
import { folderNames, idsIn, makeFolders, placeOf } from './folders.ts';
import { readRange } from './read-range.ts';
import { writeBody } from './write-body.ts';

export interface FileBlobsOptions {
  /** The folder that holds the 256 folders; made if it is absent. */
  readonly path: string;
  /** Told once, when a sync failed and the engine stopped writing: the process should exit. */
  readonly onFailure: (fault: Fault) => void;
  /** For tests: the calls on blob files. */
  readonly disk?: Disk;
}

/** Opens the store at `path`. */
export async function openFileBlobs(options: FileBlobsOptions): Promise<Blobs> {
  const root = resolve(options.path);
  try {
    await makeFolders(root);
  } catch (error) {
    throw writeFailure(error, `${root} cannot be opened`);
  }
  return new FileBlobs(root, options);
}

class FileBlobs implements Blobs {
  readonly #root: string;
  readonly #disk: Disk;
  readonly #onFailure: (fault: Fault) => void;
  /** The folders that were synced so far, held open: two round trips less a write. */
  readonly #folders = new Map<number, Promise<number>>();
  readonly #changes = new Set<Promise<unknown>>();
  #failure: Fault | undefined;
  #closed = false;

  constructor(root: string, options: FileBlobsOptions) {
    this.#root = root;
    this.#disk = options.disk ?? nodeDisk;
    this.#onFailure = options.onFailure;
  }

  write(id: BlobId, body: AsyncIterable<Sealed> | Iterable<Sealed>): Promise<number> {
    return this.#change(() => this.#write(id, body));
  }

  read(id: BlobId, range: ByteRange): AsyncIterable<Uint8Array> {
    assert(range.start >= 0 && range.end > range.start, 'a range of a blob is empty');
    return readRange(this.#disk, placeOf(this.#root, id).path, range);
  }

  async size(id: BlobId): Promise<number | undefined> {
    const { path } = placeOf(this.#root, id);
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw readFailure(error, `measuring blob ${path}`);
    }
  }

  delete(id: BlobId): Promise<void> {
    return this.#change(async () => {
      const { folder, path } = placeOf(this.#root, id);
      const folderFd = await this.#folder(folder);
      try {
        await this.#disk.remove(path);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw writeFailure(error, `removing blob ${path}`);
      }
      // An absent file too: whoever removed it may have died before its folder was synced.
      await this.#sync([folderFd]);
    });
  }

  async *list(): AsyncGenerator<BlobId> {
    yield* this.#ids(() => true);
  }

  async *listPrefix(prefix: Uint8Array): AsyncGenerator<BlobId> {
    assert(
      prefix.length > 0 && prefix.length <= blobIdBytes,
      'a blob id prefix has a wrong length',
    );
    if (prefix.length < blobIdBytes) {
      yield* this.#ids((id) => id.subarray(0, prefix.length).equals(prefix));
    } else if ((await this.size(prefix)) !== undefined) {
      yield Buffer.from(prefix);
    }
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#root);
    return bavail * bsize;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#changes);
    const folders = await Promise.allSettled(this.#folders.values());
    this.#folders.clear();
    for (const folder of folders) {
      if (folder.status === 'fulfilled') await this.#disk.close(folder.value);
    }
  }

  async #write(id: BlobId, body: AsyncIterable<Sealed> | Iterable<Sealed>): Promise<number> {
    const { folder, path } = placeOf(this.#root, id);
    const folderFd = await this.#folder(folder);
    const fd = await this.#create(path);
    let keep = false;
    try {
      const bytes = await writeBody(this.#disk, fd, body);
      // From here on the outcome may be unknown: then nothing is removed.
      keep = true;
      await this.#sync([fd, folderFd]);
      return bytes;
    } finally {
      await Promise.allSettled([this.#disk.close(fd)]);
      // What cannot be removed stays for the sweeper; the first error is the one that counts.
      if (!keep) await Promise.allSettled([this.#disk.remove(path)]);
    }
  }

  async #create(path: string): Promise<number> {
    try {
      return await this.#disk.create(path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw new Defect(`blob ${path} exists`);
      throw writeFailure(error, `making blob ${path}`);
    }
  }

  async #folder(index: number): Promise<number> {
    const path = `${this.#root}/${folderNames[index]}`;
    const opened = this.#folders.get(index) ?? this.#disk.open(path);
    this.#folders.set(index, opened);
    try {
      return await opened;
    } catch (error) {
      this.#folders.delete(index);
      throw writeFailure(error, `opening ${path}`);
    }
  }

  /** Syncs all at once: file systems with a journal make one commit of it. */
  async #sync(files: readonly number[]): Promise<void> {
    const synced = await Promise.allSettled(files.map((file) => this.#disk.sync(file)));
    const failed = synced.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined && this.#failure === undefined) {
      const cause: unknown = failed.reason;
      const message = cause instanceof Error ? cause.message : String(cause);
      this.#failure = new Fault('unknown', `a blob could not be synced: ${message}`, { cause });
      this.#onFailure(this.#failure);
    }
    // The kernel tells of a lost write once: another's failure may be about these bytes too.
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Runs what changes the store; `close` waits for it. */
  async #change<T>(fn: () => Promise<T>): Promise<T> {
    assert(!this.#closed, 'the blob engine is closed');
    if (this.#failure !== undefined) {
      throw new Fault('unavailable', 'the blob engine stopped writing', { cause: this.#failure });
    }
    const change = fn();
    this.#changes.add(change);
    try {
      return await change;
    } finally {
      this.#changes.delete(change);
    }
  }

  async *#ids(wanted: (id: Buffer) => boolean): AsyncGenerator<BlobId> {
    for (const folder of folderNames) {
      try {
        for await (const id of idsIn(this.#root, folder)) if (wanted(id)) yield id;
      } catch (error) {
        if (error instanceof Refusal || error instanceof Fault) throw error;
        throw readFailure(error, `listing blobs in ${this.#root}/${folder}`);
      }
    }
  }
}
