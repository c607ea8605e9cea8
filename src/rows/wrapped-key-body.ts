/** A wrapped data key as version and upload rows hold it. */
import { assert } from '../base/refusal.ts';
import { type WrappedDataKey, wrappedKeyBytes } from '../crypto/data-key.ts';
import { type RowBody, b64 } from './row-body.ts';

const commitmentBytes = 32;

/** A wrap and the master key version it was made under: always that of the row it stands in. */
export interface StoredDataKey extends WrappedDataKey {
  readonly version: number;
}

export function encodeDataKey(key: StoredDataKey, keyVersion: number) {
  assert(key.version === keyVersion, 'a data key is wrapped under the version of its row');
  return { wrapped: b64(key.wrapped), commitment: b64(key.commitment) };
}

export function decodeDataKey(body: RowBody, keyVersion: number): StoredDataKey {
  return {
    version: keyVersion,
    wrapped: body.bytes('wrapped', wrappedKeyBytes),
    commitment: body.bytes('commitment', commitmentBytes),
  };
}
