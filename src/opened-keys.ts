/** An opened keyring with the name of its file, and its way through the primary's private pipe. */
import { u64 } from './base/bytes.ts';
import { KeySchedule } from './keys/key-schedule.ts';
import { deserializeKeyring, serializeKeyring } from './keys/keyring-transfer.ts';
import type { KeyringReference } from './keys/keyring-file.ts';
import type { Keyring } from './keys/keyring.ts';
import type { LoadedKeys } from './rows/rows.ts';

export interface OpenedKeys extends LoadedKeys {
  readonly keyring: Keyring;
}

export function openedKeys(keyring: Keyring, reference: KeyringReference): OpenedKeys {
  return { keyring, reference, schedule: new KeySchedule(keyring) };
}

const digestBytes = 32;

/** `generation u64 ‖ digest (32) ‖ keyring`. Secret: only for the pipe. */
export function forPipe({ keyring, reference }: OpenedKeys): Buffer {
  return Buffer.concat([u64(reference.generation), reference.digest, serializeKeyring(keyring)]);
}

export function fromPipe(bytes: Buffer): OpenedKeys {
  const generation = Number(bytes.readBigUInt64BE());
  const digest = Buffer.from(bytes.subarray(8, 8 + digestBytes));
  return openedKeys(deserializeKeyring(bytes.subarray(8 + digestBytes)), { generation, digest });
}
