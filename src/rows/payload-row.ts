/**
 * Row 33: an inline object's bytes, or the twin of a blob file or marker (FORMAT.md §6.3), sealed
 * under keys of the data key. Its clear part says whose it is.
 */
import { lengthPrefixed } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
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

/** Whose a payload row says that it is. Not to be trusted before the row is opened. */
export function decodeOwner(clear: Buffer): PayloadOwner {
  const kind = ownerKinds[clear[0] ?? 0];
  const keyEnd = fieldEnd(clear, 1);
  const idEnd = fieldEnd(clear, keyEnd);
  if (kind === undefined || idEnd !== clear.length || idEnd - keyEnd !== 4 + ownerIdBytes) {
    throw new Fault('damaged', 'the clear part names no owner');
  }
  const objectKey = clear.toString('utf8', 1 + 4, keyEnd);
  return { kind, objectKey, id: clear.subarray(keyEnd + 4) };
}

const ownerKinds = [undefined, 'version', 'upload'] as const;
const ownerIdBytes = 16;

function fieldEnd(clear: Buffer, start: number): number {
  if (clear.length < start + 4) throw new Fault('damaged', 'the clear part names no owner');
  return start + 4 + clear.readUInt32BE(start);
}
