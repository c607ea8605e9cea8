/**
 * Signatures of records, such as that of a destroyed key: Ed25519 (RFC 8032) by a key of the store's
 * own, which lives in the keyring. Anyone who was given the public key can check a record without
 * Coffer: `signed = "coffer/1/record" ‖ 00 ‖ text` (FORMAT.md §7).
 */
import { type KeyObject, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { type SecretKey, secretsOf } from './secret-key.ts';

export const recordSignatureBytes = 64;

/** The DER in front of an Ed25519 seed in PKCS #8, and of a public key in SPKI (RFC 8410 §7, §4). */
const pkcs8Front = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiFront = Buffer.from('302a300506032b6570032100', 'hex');
const label = Buffer.from('coffer/1/record\0', 'latin1');

/** 64 bytes. */
export function signRecord(seed: SecretKey, text: string): Buffer {
  return sign(null, signed(text), privateKeyOf(seed));
}

/** The 32 bytes by which `verifyRecord` checks. Not secret. */
export function recordPublicKey(seed: SecretKey): Buffer {
  const spki = createPublicKey(privateKeyOf(seed)).export({ format: 'der', type: 'spki' });
  return spki.subarray(spkiFront.length);
}

/** Whether the holder of the key signed exactly this text. */
export function verifyRecord(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  const key = createPublicKey({
    key: Buffer.concat([spkiFront, publicKey]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, signed(text), key, signature);
}

function privateKeyOf(seed: SecretKey): KeyObject {
  const der = Buffer.concat([pkcs8Front, secretsOf(seed).bytes]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
}

const signed = (text: string): Buffer => Buffer.concat([label, Buffer.from(text, 'utf8')]);
