/**
 * Argon2id, version 1.3 (RFC 9106, checked 2026-11-24), in JavaScript: browsers have none, and
 * WebAssembly would need a hole in the content security policy.
 */
import { argon2idAsync } from '@noble/hashes/argon2.js';

export interface Argon2Costs {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface Derivation extends Argon2Costs {
  /** The passphrase in UTF-8, of Unicode normalisation form C. */
  readonly message: Uint8Array;
  readonly salt: Uint8Array;
}

/** 32 bytes; `onProgress` is told from 0 to 1. */
export type Derive = (
  derivation: Derivation,
  onProgress: (done: number) => void,
) => Promise<Uint8Array>;

const keyBytes = 32;
/** Between two looks at whatever else is to be done. */
const tickMs = 40;

export const deriveHere: Derive = ({ message, salt, memory, passes, lanes }, onProgress) =>
  argon2idAsync(message, salt, {
    m: memory,
    t: passes,
    p: lanes,
    dkLen: keyBytes,
    version: 0x13,
    asyncTick: tickMs,
    onProgress,
  });
