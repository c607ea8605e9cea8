/** Random identifiers. All come from the platform's CSPRNG; none is ever reused. */
import { randomFillSync } from 'node:crypto';

// One system call fills many ids: randomBytes(16) alone costs about 1 µs a call.
const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

/** `length` fresh random bytes (at most 4,096) in memory of their own. */
export function randomId(length = 16): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = Buffer.from(pool.subarray(used, used + length));
  // The pool never keeps what it handed out: an id may become a nonce.
  pool.fill(0, used, used + length);
  used += length;
  return id;
}

/** A request id as AWS shows it: 16 upper-case hexadecimal characters. */
export function requestId(): string {
  return randomId(8).toString('hex').toUpperCase();
}
