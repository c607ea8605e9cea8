/**
 * HKDF-SHA-256 (RFC 5869, checked 2026-11-24) with 32 bytes of output: one block of Expand.
 * FORMAT.md §1 fixes the empty salt. Held to RFC 5869 A.1–A.3, Wycheproof and Node's hkdfSync.
 *
 * HMAC is built on `crypto.hash`, Node's one-shot digest: a derived key costs 3.5 µs (hkdfSync 4.7,
 * two `createHmac` 5.6), and Extract can be kept apart from Expand: a data key extracts once, and
 * what is derived from it then costs 2.1 µs each (docs/decisions/0003-xaes-gcm.md).
 */
import { hash } from 'node:crypto';
import { SecretKey, secretsOf } from './secret-key.ts';

const hashBytes = 32;
const blockBytes = 64;
const innerPad = 0x36;
const outerPad = 0x5c;

/** `HKDF(ikm, info)` of FORMAT.md as a key. Two keys stand for their concatenation. */
export function deriveKey(
  ikm: SecretKey | readonly [SecretKey, SecretKey],
  info: Uint8Array,
): SecretKey {
  return SecretKey.adopt(deriveBytes(ikm, info));
}

/** `HKDF(ikm, info)` as bytes, for outputs that are no secret: key ids and commitments. */
export function deriveBytes(
  ikm: SecretKey | readonly [SecretKey, SecretKey],
  info: Uint8Array,
): Buffer {
  const material =
    ikm instanceof SecretKey
      ? secretsOf(ikm).bytes
      : Buffer.concat([secretsOf(ikm[0]).bytes, secretsOf(ikm[1]).bytes]);
  const pseudorandom = extract(noSalt, material);
  if (!(ikm instanceof SecretKey)) material.fill(0);
  const output = expand(pseudorandom, info);
  pseudorandom.fill(0);
  return output;
}

export const noSalt: Uint8Array = new Uint8Array(0);

/** HKDF-Extract: the pseudorandom key, in memory of its own. `salt` is at most 64 bytes here (Coffer's is empty). */
export function extract(salt: Uint8Array, ikm: Uint8Array): Buffer {
  return hmac(salt, ikm, noSalt);
}

const firstBlock = Uint8Array.of(1);

/** HKDF-Expand, its first 32 bytes, in memory of their own. */
export function expand(pseudorandom: Uint8Array, info: Uint8Array): Buffer {
  return hmac(pseudorandom, info, firstBlock);
}

// Scratch: everything here runs to its end in one turn. Wiped after each use. Both views of the
// outer block share memory: Buffer writes text, a plain array is filled faster.
const outer = Buffer.alloc(blockBytes + hashBytes);
const outerBytes = new Uint8Array(outer.buffer, outer.byteOffset, outer.length);
const roomy = new Uint8Array(blockBytes + 512);

/** HMAC-SHA-256 (RFC 2104) of `message ‖ suffix`; `key` is at most one block. */
function hmac(key: Uint8Array, message: Uint8Array, suffix: Uint8Array): Buffer {
  const length = blockBytes + message.length + suffix.length;
  const inner = length <= roomy.length ? roomy.subarray(0, length) : new Uint8Array(length);
  for (let index = 0; index < blockBytes; index++) {
    const byte = index < key.length ? (key[index] ?? 0) : 0;
    inner[index] = byte ^ innerPad;
    outerBytes[index] = byte ^ outerPad;
  }
  inner.set(message, blockBytes);
  inner.set(suffix, blockBytes + message.length);
  // latin1 because a digest as a Buffer costs twice the digest itself.
  outer.write(hash('sha256', inner, 'latin1'), blockBytes, 'latin1');
  const digest = Buffer.alloc(hashBytes);
  digest.write(hash('sha256', outerBytes, 'latin1'), 'latin1');
  inner.fill(0);
  outerBytes.fill(0);
  return digest;
}
