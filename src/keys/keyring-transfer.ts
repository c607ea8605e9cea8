/**
 * An opened keyring on its way from the primary process to a worker, over a private pipe. Only the
 * primary asks the keeper. The bytes are the master keys in clear: they are never
 * logged, never written to a file and never passed by argument or environment; wipe them after use.
 */
import { u64 } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import { type Keyring, decodeKeyringBody, encodeKeyringBody } from './keyring.ts';

const storeIdBytes = 16;
const headBytes = storeIdBytes + 8;

/** `store id (16) ‖ generation u64 ‖ body`. */
export function serializeKeyring(keyring: Keyring): Buffer {
  const body = encodeKeyringBody(keyring);
  const bytes = Buffer.concat([keyring.storeId, u64(keyring.generation), body]);
  body.fill(0);
  return bytes;
}

/** The keyring that `serializeKeyring` wrote. Does not wipe `bytes`. */
export function deserializeKeyring(bytes: Uint8Array): Keyring {
  if (bytes.length < headBytes) throw new Fault('damaged', 'the keyring did not arrive whole');
  const head = Buffer.from(bytes.subarray(0, headBytes));
  const generation = Number(head.readBigUInt64BE(storeIdBytes));
  const storeId = head.subarray(0, storeIdBytes);
  return decodeKeyringBody(bytes.subarray(headBytes), { storeId, generation });
}
