/**
 * Row 33: an inline object's bytes, or the twin of a blob file or marker (FORMAT.md §6.3), sealed
 * under keys of the data key. Its clear part says whose it is.
 */
import { lengthPrefixed } from '../base/bytes.ts';
import { encodeKey } from './keyspace.ts';

export interface PayloadOwner {
  readonly kind: 'version' | 'upload';
  readonly objectKey: string;
  /** The version or upload id, 16 bytes. */
  readonly id: Uint8Array;
}

export const payloadCode = 0x33;

export function payloadKey(bucketId: Uint8Array, blobId: Uint8Array): Buffer {
  return encodeKey(payloadCode, bucketId, blobId);
}

/** `owner u8 ‖ lp(object key, id)` */
export function encodeOwner({ kind, objectKey, id }: PayloadOwner): Buffer {
  const fields = lengthPrefixed(objectKey, id);
  const clear = Buffer.allocUnsafe(1 + fields.length);
  clear[0] = kind === 'version' ? 1 : 2;
  clear.set(fields, 1);
  return clear;
}
