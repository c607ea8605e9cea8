/**
 * AES-256-GCM (NIST SP 800-38D) as Coffer uses it: 12-byte nonces, 16-byte tags, always. Every
 * AES-GCM call of Coffer goes through here; nonces are the business of xaes-gcm.ts and
 * chunk-stream.ts. For `crypto/` only.
 *
 * Node accepts 4-byte tags unless `authTagLength` is given, and `update()` hands out plaintext that
 * nothing has verified: `gcmOpen` and `finishOpen` are the only ways plaintext leaves.
 */
import { type CipherGCM, type DecipherGCM, createCipheriv, createDecipheriv } from 'node:crypto';
import { Fault } from '../base/refusal.ts';

export const tagBytes = 16;
const algorithm = 'aes-256-gcm';
const options = { authTagLength: tagBytes };

/** The one failure of every open: whoever calls knows the names, and adds them. */
export function damaged(): Fault {
  return new Fault('damaged', 'the sealed bytes do not open');
}

/** Begins a seal; `update`, `final` and `getAuthTag` are the caller's. */
export function startSeal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array): CipherGCM {
  const cipher = createCipheriv(algorithm, key, nonce, options);
  cipher.setAAD(aad);
  return cipher;
}

/** Begins an open. What `update` gives is not to be used before `finishOpen` returned. */
export function startOpen(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array): DecipherGCM {
  const decipher = createDecipheriv(algorithm, key, nonce, options);
  decipher.setAAD(aad);
  return decipher;
}

/** Verifies the tag, or throws `damaged()`. */
export function finishOpen(decipher: DecipherGCM, tag: Uint8Array): void {
  decipher.setAuthTag(tag);
  try {
    decipher.final();
  } catch {
    throw damaged();
  }
}

/** Key and nonce of one message. */
export interface GcmMessage {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
}

/** Writes `ciphertext ‖ tag` of `plaintext` into `target` at `offset`. */
export function gcmSealInto(
  message: GcmMessage,
  plaintext: Uint8Array,
  target: Buffer,
  offset: number,
): void {
  const cipher = startSeal(message.key, message.nonce, message.aad);
  if (plaintext.length > 0) target.set(cipher.update(plaintext), offset);
  cipher.final();
  target.set(cipher.getAuthTag(), offset + plaintext.length);
}

/** The plaintext of `ciphertext ‖ tag`, verified, or `damaged()`. */
export function gcmOpen(message: GcmMessage, sealed: Uint8Array): Buffer {
  const end = sealed.length - tagBytes;
  if (end < 0) throw damaged();
  const decipher = startOpen(message.key, message.nonce, message.aad);
  const plaintext = decipher.update(sealed.subarray(0, end));
  finishOpen(decipher, sealed.subarray(end));
  return plaintext;
}
