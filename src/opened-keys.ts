/** An opened keyring on its way through the primary's private pipe. */
import { u64 } from './base/bytes.ts';
import { type OpenedKeys, openedKeys } from './keys/keys-in-force.ts';
import { deserializeKeyring, serializeKeyring } from './keys/keyring-transfer.ts';

const digestBytes = 32;

/** `generation u64 ‖ digest (32) ‖ keyring`. Secret: only for the pipe; wipe it after use. */
export function forPipe({ keyring, reference }: OpenedKeys): Buffer {
  return Buffer.concat([u64(reference.generation), reference.digest, serializeKeyring(keyring)]);
}

export function fromPipe(bytes: Buffer): OpenedKeys {
  const generation = Number(bytes.readBigUInt64BE());
  const digest = Buffer.from(bytes.subarray(8, 8 + digestBytes));
  return openedKeys(deserializeKeyring(bytes.subarray(8 + digestBytes)), { generation, digest });
}
