/** Random identifiers, nonces and keys. All come from the platform's CSPRNG; none is ever reused. */
import { randomFillSync } from 'node:crypto';

// One system call fills many: randomBytes(16) alone costs about 1 µs, a key by itself 5 µs.
const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

/** `length` fresh random bytes (at most 4,096). */
export function randomId(length = 16): Buffer {
  return fillRandom(Buffer.allocUnsafe(length));
}

/** Fills `target` (at most 4,096 bytes) with fresh random bytes and gives it back. */
export function fillRandom<T extends Uint8Array>(target: T): T {
  const { length } = target;
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(target, 0, used, used + length);
  // The pool never keeps what it handed out: it may become a nonce or a key.
  pool.fill(0, used, used + length);
  used += length;
  return target;
}

/** A request id as AWS shows it: 16 upper-case hexadecimal characters. */
export function requestId(): string {
  return randomId(8).toString('hex').toUpperCase();
}
