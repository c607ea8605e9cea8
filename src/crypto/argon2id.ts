/**
 * A key from a passphrase by Argon2id, version 1.3 (RFC 9106, checked 2026-11-24), as `node:crypto`
 * computes it. The passphrase counts as UTF-8 after Unicode normalisation form C: the same word typed
 * on two keyboards is the same key. Costs read from a file are bounded before memory is taken for them.
 */
import { argon2 } from 'node:crypto';
import { promisify } from 'node:util';
import { randomId } from '../base/ids.ts';
import { Fault } from '../base/refusal.ts';

export interface Argon2Costs {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface Argon2Parameters extends Argon2Costs {
  /** 16 bytes. */
  readonly salt: Uint8Array;
}

export const argon2SaltBytes = 16;

/** RFC 9106 §4, the second recommended option: 64 MiB, for machines that serve something else too. */
export const argon2Costs: Argon2Costs = { memoryKiB: 64 * 1_024, passes: 3, lanes: 4 };

/** What is computed at most for a file that somebody else may have written: 1 GiB, some 30 s. */
const costsMax: Argon2Costs = { memoryKiB: 1_024 * 1_024, passes: 16, lanes: 16 };

/** A fresh salt with the costs of today. */
export function newArgon2Parameters(costs: Argon2Costs = argon2Costs): Argon2Parameters {
  return { salt: randomId(argon2SaltBytes), ...costs };
}

/** Whether the parameters are such as Coffer computes with. */
export function areArgon2Parameters(parameters: Argon2Parameters): boolean {
  const { salt, memoryKiB, passes, lanes } = parameters;
  const within = (value: number, min: number, max: number): boolean =>
    Number.isSafeInteger(value) && value >= min && value <= max;
  return (
    salt.length === argon2SaltBytes &&
    within(lanes, 1, costsMax.lanes) &&
    within(passes, 1, costsMax.passes) &&
    within(memoryKiB, 8 * lanes, costsMax.memoryKiB)
  );
}

/** 32 bytes. Secret: wipe them after use. Parameters out of bounds are `Fault('damaged')`. */
export async function argon2idKey(
  passphrase: string,
  parameters: Argon2Parameters,
): Promise<Buffer> {
  if (!areArgon2Parameters(parameters)) {
    throw new Fault('damaged', 'the costs of the passphrase derivation are out of bounds');
  }
  const message = Buffer.from(passphrase.normalize('NFC'), 'utf8');
  const { salt: nonce, memoryKiB: memory, passes, lanes: parallelism } = parameters;
  const key = await derive('argon2id', { message, nonce, memory, passes, parallelism, tagLength });
  message.fill(0);
  return key;
}

const derive = promisify(argon2);
const tagLength = 32;
