/**
 * Secrets on their way from the primary to a worker: frames of `length u32 ‖ bytes` over a private
 * pipe that no other process has, never by argument, environment or file.
 */
import type { Readable } from 'node:stream';
import { u32 } from '../base/bytes.ts';
import { assert } from '../base/refusal.ts';

/** A frame is at most this long: a keyring is 1 MiB at most. */
export const frameBytesMax = 2 << 20;

export function frameOf(bytes: Uint8Array): Buffer {
  assert(bytes.length <= frameBytesMax, 'a frame is too long');
  return Buffer.concat([u32(bytes.length), bytes]);
}

/** Calls `received` with each whole frame; the bytes are the receiver's own. */
export function readFrames(pipe: Readable, received: (bytes: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  pipe.on('data', (chunk: Buffer) => {
    const joined = Buffer.concat([pending, chunk]);
    wipe(pending, chunk);
    let offset = 0;
    while (joined.length - offset >= 4) {
      const length = joined.readUInt32BE(offset);
      assert(length <= frameBytesMax, 'a frame is too long');
      if (joined.length - offset - 4 < length) break;
      received(Buffer.from(joined.subarray(offset + 4, offset + 4 + length)));
      offset += 4 + length;
    }
    pending = Buffer.from(joined.subarray(offset));
    wipe(joined);
  });
}

/** Copies of a secret do not stay in memory longer than they must. */
function wipe(...copies: readonly Buffer[]): void {
  for (const copy of copies) copy.fill(0);
}
