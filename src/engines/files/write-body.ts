/**
 * Writes a body to an open file: small chunks are gathered into writes of up to 1 MiB, and while one
 * is on its way to the kernel the next is gathered, so waiting for the body and writing overlap.
 * Never more than two gathered writes are held: a slow disk holds the body back.
 *
 * A chunk belongs to the writer from the moment it is given; it is freed when it was written.
 */
import { discard } from '../../base/bytes.ts';
import type { Sealed } from '../../base/sealed.ts';
import { Fault } from '../../base/refusal.ts';
import type { Disk } from './disk.ts';
import { writeFailure } from './errors.ts';

const gatherBytes = 1024 * 1024;

/** POSIX promises 1,024 buffers a call (IOV_MAX). */
const gatherChunks = 1024;

/** Gives the bytes written. Errors of the body are passed on as they are. */
export async function writeBody(
  disk: Disk,
  fd: number,
  body: AsyncIterable<Sealed> | Iterable<Sealed>,
): Promise<number> {
  let total = 0;
  let gathered: Sealed[] = [];
  let bytes = 0;
  let under: Promise<Error | undefined> | undefined;
  const flush = async (): Promise<void> => {
    const failure = await under;
    under = undefined;
    if (failure !== undefined) throw failure;
    if (bytes === 0) return;
    under = writeAll(disk, fd, gathered);
    total += bytes;
    gathered = [];
    bytes = 0;
  };
  try {
    for await (const chunk of body) {
      if (chunk.length === 0) continue;
      if (bytes + chunk.length > gatherBytes || gathered.length === gatherChunks) await flush();
      gathered.push(chunk);
      bytes += chunk.length;
    }
    await flush();
    await flush();
  } finally {
    // The file is closed next: no write may still be under way then.
    await under;
    for (const chunk of gathered) discard(chunk);
  }
  return total;
}

/** Settles with the failure instead of rejecting: nobody may be waiting for it yet. */
async function writeAll(
  disk: Disk,
  fd: number,
  chunks: readonly Uint8Array[],
): Promise<Error | undefined> {
  try {
    let rest = chunks;
    while (rest.length > 0) {
      const written = await disk.write(fd, rest);
      if (written === 0) return new Fault('failed', 'writing a blob: nothing was written');
      rest = behind(rest, written);
    }
    for (const chunk of chunks) discard(chunk);
    return undefined;
  } catch (error) {
    return writeFailure(error, 'writing a blob');
  }
}

/** What is left of `chunks` after their first `written` bytes. */
function behind(chunks: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let skip = written;
  let index = 0;
  for (; index < chunks.length; index += 1) {
    const length = chunks[index]?.length ?? 0;
    if (skip < length) break;
    skip -= length;
  }
  const [first, ...others] = chunks.slice(index);
  return first === undefined ? [] : [first.subarray(skip), ...others];
}
