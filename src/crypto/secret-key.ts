/**
 * A 32-byte key that cannot leak by accident: it has no text form, no JSON form and no inspectable
 * field. Only `crypto/` may read its bytes, through `secretsOf` (secret-key.test.ts holds that no
 * other room imports it); the keyring takes a copy through `exportForKeyring`.
 *
 * What it does not promise: JavaScript may have copied the bytes before they came here, and the
 * collector frees memory without wiping it. `destroy` wipes what this object holds.
 */
import { type Cipheriv, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import { fillRandom } from '../base/ids.ts';
import { assert } from '../base/refusal.ts';

export const secretKeyBytes = 32;

/** What XAES-256-GCM computes once per key: the expanded block cipher and CMAC's subkey K1. */
export interface XaesSubkeys {
  readonly block: Cipheriv;
  readonly k1: Buffer;
}

/** A key's inside. `xaes` is filled by xaes-gcm.ts at the first use. */
export interface Secrets {
  readonly bytes: Buffer;
  xaes: XaesSubkeys | undefined;
}

/** Only for `crypto/`: the live bytes (not a copy). A destroyed key is a `Defect`. */
export let secretsOf: (key: SecretKey) => Secrets;

export class SecretKey {
  #secrets: Secrets | undefined;

  private constructor(bytes: Buffer) {
    this.#secrets = { bytes, xaes: undefined };
  }

  static {
    secretsOf = (key) => {
      const secrets = key.#secrets;
      assert(secrets, 'a destroyed key was used');
      return secrets;
    };
  }

  /** A new random key from the platform's CSPRNG. */
  static generate(): SecretKey {
    return new SecretKey(fillRandom(Buffer.alloc(secretKeyBytes)));
  }

  /** A key of a copy of `bytes`, which must be 32. The caller may wipe its own. */
  static from(bytes: Uint8Array): SecretKey {
    assert(bytes.length === secretKeyBytes, 'a key must be 32 bytes');
    // Buffer.from may share a pool with other Buffers; a key gets memory of its own.
    const own = Buffer.alloc(secretKeyBytes);
    own.set(bytes);
    return new SecretKey(own);
  }

  /** A key that takes over `bytes`, 32 with memory of their own. The caller must forget them. */
  static adopt(bytes: Buffer): SecretKey {
    assert(bytes.length === secretKeyBytes, 'a key must be 32 bytes');
    assert(bytes.buffer.byteLength === secretKeyBytes, 'a key needs memory of its own');
    return new SecretKey(bytes);
  }

  /** Whether both hold the same bytes, compared in constant time. */
  equals(other: SecretKey): boolean {
    return this === other || timingSafeEqual(secretsOf(this).bytes, secretsOf(other).bytes);
  }

  /** A copy of the bytes, for the body of the keyring and for nothing else. Wipe it after use. */
  exportForKeyring(): Buffer {
    return Buffer.from(secretsOf(this).bytes);
  }

  /** Wipes the key. Using it afterwards is a `Defect`; destroying it again is not. */
  destroy(): void {
    this.#secrets?.bytes.fill(0);
    this.#secrets?.xaes?.k1.fill(0);
    this.#secrets = undefined;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}
