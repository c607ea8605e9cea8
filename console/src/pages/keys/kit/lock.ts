/**
 * The key of a recovery kit, made in the browser (FORMAT.md §10): the server seals the kit under it and
 * learns neither the passphrase nor the shares. Argon2id as RFC 9106 has it, in JavaScript: browsers
 * have none, and WebAssembly would need a hole in the content security policy.
 */
import { argon2idAsync } from '@noble/hashes/argon2.js';
import type { NewKit, SharesLockMembers } from '../../../../../src/admin/contract.ts';
import { toBase64Url, toHex } from './bytes-text.ts';

/** As the server's commands choose (RFC 9106 §4, second recommended option): 64 MiB. */
export const argon2Costs = { memory: 64 * 1_024, passes: 3, lanes: 4 } as const;
const keyBytes = 32;
const saltBytes = 16;

export interface KitKey {
  /** Secret: wipe it after use. */
  readonly key: Uint8Array;
  readonly kit: NewKit;
}

/** `onProgress` is told from 0 to 1: it takes some seconds. */
export async function lockWithPassphrase(
  passphrase: string,
  onProgress: (done: number) => void = () => undefined,
  costs: { readonly memory: number; readonly passes: number; readonly lanes: number } = argon2Costs,
): Promise<KitKey> {
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  const message = new TextEncoder().encode(passphrase.normalize('NFC'));
  const key = await argon2idAsync(message, salt, {
    m: costs.memory,
    t: costs.passes,
    p: costs.lanes,
    dkLen: keyBytes,
    version: 0x13,
    asyncTick: 40,
    onProgress,
  });
  message.fill(0);
  return { key, kit: { key: toBase64Url(key), passphrase: { salt: toHex(salt), ...costs } } };
}

/** A random key, to be split when the kit is there. */
export function lockWithShares(shares: SharesLockMembers): KitKey {
  const key = crypto.getRandomValues(new Uint8Array(keyBytes));
  return { key, kit: { key: toBase64Url(key), shares } };
}
