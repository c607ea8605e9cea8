/**
 * The key of a recovery kit, made in the browser (FORMAT.md §10): the server seals the kit under it and
 * learns neither the passphrase nor the shares.
 */
import type { NewKit, SharesLockMembers } from '../../../../../src/admin/contract.ts';
import { toBase64Url, toHex } from './bytes-text.ts';
import type { Argon2Costs, Derive } from './derive.ts';

/** As the server's commands choose (RFC 9106 §4, second recommended option): 64 MiB. */
export const argon2Costs: Argon2Costs = { memory: 64 * 1_024, passes: 3, lanes: 4 };
const keyBytes = 32;
const saltBytes = 16;

export interface KitKey {
  /** Secret: wipe it after use. */
  readonly key: Uint8Array;
  readonly kit: NewKit;
}

export interface Deriving {
  readonly derive: Derive;
  /** From 0 to 1: it takes some seconds. */
  readonly onProgress?: (done: number) => void;
  readonly costs?: Argon2Costs;
}

export async function lockWithPassphrase(
  passphrase: string,
  { derive, onProgress, costs }: Deriving,
): Promise<KitKey> {
  const { memory, passes, lanes } = costs ?? argon2Costs;
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  const message = new TextEncoder().encode(passphrase.normalize('NFC'));
  const derivation = { message, salt, memory, passes, lanes };
  const key = await derive(derivation, onProgress ?? (() => undefined));
  message.fill(0);
  const lock = { salt: toHex(salt), memory, passes, lanes };
  return { key, kit: { key: toBase64Url(key), passphrase: lock } };
}

/** A random key, to be split when the kit is there. */
export function lockWithShares(shares: SharesLockMembers): KitKey {
  const key = crypto.getRandomValues(new Uint8Array(keyBytes));
  return { key, kit: { key: toBase64Url(key), shares } };
}
