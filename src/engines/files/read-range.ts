/**
 * Reads a range of a blob file in pieces, always one read ahead of its reader. Every piece is memory
 * of its own: the reader keeps it, frees it, or hands it to a socket.
 */
import { discard } from '../../base/bytes.ts';
import { Fault } from '../../base/refusal.ts';
import type { ByteRange } from '../blobs.ts';
import type { Disk } from './disk.ts';
import { readFailure } from './errors.ts';

/**
 * Large enough that a round trip to the thread pool costs little of it (0002-blob-files.md), and
 * eight sealed segments, so that its reader keeps nothing of a piece when it asks for the next.
 */
const pieceBytes = 8 * (64 * 1024 + 16);

export async function* readRange(
  disk: Disk,
  path: string,
  range: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fd = await openFile(disk, path);
  let ahead: Promise<Uint8Array | Fault> | undefined;
  try {
    ahead = readPiece(disk, fd, path, range);
    let position = range.start;
    while (ahead !== undefined) {
      const piece: Uint8Array | Fault = await ahead;
      if (piece instanceof Fault) throw piece;
      position += piece.length;
      ahead =
        position < range.end
          ? readPiece(disk, fd, path, { start: position, end: range.end })
          : undefined;
      yield piece;
    }
  } finally {
    // A read under way must not meet a closed, perhaps reused, file number.
    const unread = await ahead;
    if (unread instanceof Uint8Array) discard(unread);
    await disk.close(fd);
  }
}

async function openFile(disk: Disk, path: string): Promise<number> {
  try {
    return await disk.open(path);
  } catch (error) {
    throw readFailure(error, `opening blob ${path}`);
  }
}

/** Settles with the Fault instead of rejecting: its reader may not have come for it yet. */
async function readPiece(
  disk: Disk,
  fd: number,
  path: string,
  range: ByteRange,
): Promise<Uint8Array | Fault> {
  const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, range.end - range.start));
  try {
    let filled = 0;
    while (filled < piece.length) {
      const rest = filled === 0 ? piece : piece.subarray(filled);
      const read = await disk.read(fd, rest, range.start + filled);
      if (read === 0) {
        const end = range.start + filled;
        return new Fault('damaged', `blob ${path} ends at ${end}, before ${range.end}`);
      }
      filled += read;
    }
    return piece;
  } catch (error) {
    return readFailure(error, `reading blob ${path}`);
  }
}
