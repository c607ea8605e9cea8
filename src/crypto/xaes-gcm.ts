/**
 * XAES-256-GCM (C2SP, https://c2sp.org/XAES-256-GCM v1, checked 2026-11-24): AES-256-GCM with a
 * 24-byte nonce, random for every message, so one key may seal without counting. The first 12 nonce
 * bytes derive the message's AES key (NIST SP 800-108r1 with CMAC), the last 12 are GCM's nonce.
 *
 * Sealed bytes are `nonce(24) ‖ ciphertext ‖ tag(16)`. Not key-committing, as the specification
 * says: a data key carries its own commitment (FORMAT.md §3). The nonce cannot be given.
 * docs/decisions/0003-xaes-gcm.md says why this and why not a library.
 */
import { createCipheriv } from 'node:crypto';
import { randomId } from '../base/ids.ts';
import { damaged, gcmOpen, gcmSealInto, tagBytes } from './gcm.ts';
import { type SecretKey, type XaesSubkeys, secretsOf } from './secret-key.ts';

export const xaesNonceBytes = 24;
/** Bytes that sealing adds. */
export const xaesOverheadBytes = xaesNonceBytes + tagBytes;

const blockBytes = 16;
const halfNonceBytes = 12;

/** `XAES(key, aad, plaintext)` of FORMAT.md §1 under a fresh random nonce. */
export function xaesSeal(key: SecretKey, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(plaintext.length + xaesOverheadBytes);
  xaesSealInto({ key, aad }, plaintext, sealed, 0);
  return sealed;
}

/** The plaintext of `xaesSeal`, once all of it is verified; else `Fault('damaged')`. */
export function xaesOpen(key: SecretKey, aad: Uint8Array, sealed: Uint8Array): Buffer {
  if (sealed.length < xaesOverheadBytes) throw damaged();
  const messageKey = xaesMessageKey(key, sealed);
  const nonce = sealed.subarray(halfNonceBytes, xaesNonceBytes);
  const plaintext = gcmOpen({ key: messageKey, nonce, aad }, sealed.subarray(xaesNonceBytes));
  messageKey.fill(0);
  return plaintext;
}

/** Seals into `target` at `offset`, for an envelope that is one allocation. */
export function xaesSealInto(
  seal: { readonly key: SecretKey; readonly aad: Uint8Array },
  plaintext: Uint8Array,
  target: Buffer,
  offset: number,
): void {
  const nonce = randomId(xaesNonceBytes);
  target.set(nonce, offset);
  const key = xaesMessageKey(seal.key, nonce);
  const message = { key, nonce: nonce.subarray(halfNonceBytes), aad: seal.aad };
  gcmSealInto(message, plaintext, target, offset + xaesNonceBytes);
  key.fill(0);
}

// Scratch for the two CMAC blocks; filled and used in one turn. M1 and M2 of the specification.
const blocks = Buffer.alloc(2 * blockBytes);

/** For `crypto/` only. Steps 3 to 5: Kₓ = AES(M1 ⊕ K1) ‖ AES(M2 ⊕ K1), where the nonce begins `nonce`. */
export function xaesMessageKey(key: SecretKey, nonce: Uint8Array): Buffer {
  const secrets = secretsOf(key);
  const { block, k1 } = (secrets.xaes ??= expandKey(secrets.bytes));
  for (let index = 0; index < halfNonceBytes; index++) {
    const masked = (nonce[index] ?? 0) ^ (k1[index + 4] ?? 0);
    blocks[index + 4] = masked;
    blocks[index + 20] = masked;
  }
  blocks[0] = blocks[16] = k1[0] ?? 0;
  blocks[1] = (k1[1] ?? 0) ^ 1;
  blocks[17] = (k1[1] ?? 0) ^ 2;
  blocks[2] = blocks[18] = (k1[2] ?? 0) ^ 0x58;
  blocks[3] = blocks[19] = k1[3] ?? 0;
  const messageKey = block.update(blocks);
  blocks.fill(0);
  return messageKey;
}

/** Steps 1 and 2, once per key: L = AES(0), K1 = L doubled in GF(2^128). */
function expandKey(bytes: Uint8Array): XaesSubkeys {
  // Blocks in, blocks out: ECB keeps no state between updates, so one cipher serves the key's life.
  const block = createCipheriv('aes-256-ecb', bytes, null);
  const l = block.update(Buffer.alloc(blockBytes));
  const k1 = Buffer.alloc(blockBytes);
  for (let index = 0; index < blockBytes; index++) {
    k1[index] = ((l[index] ?? 0) << 1) | ((l[index + 1] ?? 0) >> 7);
  }
  const last = blockBytes - 1;
  // Constant time: the reduction is masked, not branched on.
  k1[last] = (k1[last] ?? 0) ^ (0b1000_0111 & -((l[0] ?? 0) >> 7));
  l.fill(0);
  return { block, k1 };
}
