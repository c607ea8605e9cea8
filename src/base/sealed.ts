/**
 * The type that makes plaintext at rest a compile error.
 *
 * Engines accept only `Sealed` for values they store. The brand is a unique symbol, so no other
 * code can produce the type by structure; `asSealed` is the one way in, and tests/tidy.test.ts
 * holds that only `crypto/` calls it. What an engine gives back is a plain `Uint8Array`: bytes from
 * a disk are untrusted until they have been opened.
 */
declare const sealed: unique symbol;

/** Bytes that are ciphertext and carry their own authentication. */
export type Sealed = Uint8Array & { readonly [sealed]: true };

/** Marks bytes as ciphertext. Only for `crypto/`, which has just sealed them. */
export function asSealed(bytes: Uint8Array): Sealed {
  return bytes as Sealed;
}
