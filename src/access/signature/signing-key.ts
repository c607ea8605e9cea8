/**
 * The hashes of SigV4: signing keys and signatures. "Deriving the signing key", IAM user guide,
 * 2026-11-24. Signatures are compared in constant time.
 *
 * A signing key costs four HMACs, so keys in use are kept: under a hash of the secret itself and the
 * scope, never under an access key id, so a secret changed anywhere is another key at once.
 */
import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { algorithm, type CredentialScope, scopeText, terminator } from './scope.ts';
import type { Timestamp } from './timestamp.ts';

/** What the chunk signatures of a streamed body are chained to. */
export interface SignatureChain {
  readonly signingKey: SigningKey;
  readonly timestamp: Timestamp;
  readonly scope: CredentialScope;
  /** The request's own verified signature: the seed. 64 hexadecimal digits. */
  readonly signature: string;
}

const blockBytes = 64;
const hashBytes = 32;

/**
 * HMAC-SHA-256 (RFC 2104) under one key, by two one-shot digests: a `createHmac` costs twice as
 * much. The key lies in private fields only, already laid over the two pads.
 */
class SigningKey {
  readonly #inner = Buffer.alloc(blockBytes, 0x36);
  readonly #outer = Buffer.alloc(blockBytes + hashBytes, 0x5c);

  constructor(key: Uint8Array) {
    for (const [index, byte] of key.entries()) {
      this.#inner[index] = byte ^ 0x36;
      this.#outer[index] = byte ^ 0x5c;
    }
  }

  sign(text: string): string {
    const message = Buffer.allocUnsafe(blockBytes + Buffer.byteLength(text));
    message.set(this.#inner);
    message.write(text, blockBytes, 'utf8');
    // latin1 because a digest as a Buffer costs twice the digest itself.
    this.#outer.write(hash('sha256', message, 'latin1'), blockBytes, 'latin1');
    message.fill(0, 0, blockBytes);
    return hash('sha256', this.#outer, 'hex');
  }
}

/** The key that signs for one secret in one scope. */
export function signingKey(secret: string, scope: CredentialScope): SigningKey {
  const { date, region, service } = scope;
  const name = hash('sha256', `${date}\n${region}\n${service}\n${secret}`, 'base64');
  const kept = keys.get(name);
  if (kept !== undefined) return kept;
  const key = new SigningKey(deriveKey(secret, scope));
  if (keys.size === keysMax) {
    const [oldest] = keys.keys();
    if (oldest !== undefined) keys.delete(oldest);
  }
  keys.set(name, key);
  return key;
}

/** The text of a request that is signed. */
export function stringToSign(
  timestamp: Timestamp,
  scope: CredentialScope,
  canonicalRequest: string,
): string {
  const digest = hash('sha256', Buffer.from(canonicalRequest, 'latin1'), 'hex');
  return `${algorithm}\n${timestamp.text}\n${scopeText(scope)}\n${digest}`;
}

/** HMAC-SHA-256 in 64 lower-case hexadecimal digits. */
export function sign(key: SigningKey, text: string): string {
  return key.sign(text);
}

/** Whether `given` is `expected`, a signature; takes the same time wherever they differ. */
export function sameSignature(expected: string, given: string): boolean {
  if (expected.length !== signatureDigits || given.length !== signatureDigits) return false;
  expectedDigits.write(expected, 'latin1');
  givenDigits.write(given, 'latin1');
  return timingSafeEqual(expectedDigits, givenDigits);
}

const signatureDigits = 2 * hashBytes;
// Scratch: filled and compared in one turn.
const expectedDigits = Buffer.alloc(signatureDigits);
const givenDigits = Buffer.alloc(signatureDigits);

/** A secret that nobody knows: what a request under an unknown access key id is checked with. */
export const unknownSecret = randomBytes(32).toString('base64');

// A few hundred credentials on a day change; beyond that the oldest are derived again.
const keysMax = 1024;
const keys = new Map<string, SigningKey>();

function deriveKey(secret: string, { date, region, service }: CredentialScope): Buffer {
  let key: Buffer = Buffer.from(`AWS4${secret}`, 'utf8');
  for (const field of [date, region, service, terminator]) {
    key = createHmac('sha256', key).update(field).digest();
  }
  return key;
}
