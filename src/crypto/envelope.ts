/**
 * A row's value (FORMAT.md §4): a 16-byte header and a clear part, both authenticated, then the
 * sealed body. What a row is bound to (store, bucket, row key) stands nowhere in it: it is
 * authenticated data, so a value moved to another key, bucket or store does not open.
 *
 * Every failure to read or open is `Fault('damaged')`; the caller adds the row's name.
 */
import { asBuffer } from '../base/bytes.ts';
import { assert } from '../base/refusal.ts';
import { type Sealed, asSealed } from '../base/sealed.ts';
import { openAll, sealAllInto, sealedSize } from './chunk-stream.ts';
import { damaged } from './gcm.ts';
import type { SecretKey } from './secret-key.ts';
import { xaesOpen, xaesOverheadBytes, xaesSealInto } from './xaes-gcm.ts';

/** How the body is sealed. Part of the format, FORMAT.md §4. */
export const schemes = { store: 1, bucket: 2, manifest: 3, twin: 4, inline: 5 } as const;
export type Scheme = keyof typeof schemes;

/** Where a row stands. */
export interface RowContext {
  /** 16 bytes. */
  readonly storeId: Uint8Array;
  /** 16 bytes; undefined outside a bucket. */
  readonly bucketId: Uint8Array | undefined;
  readonly rowKey: Uint8Array;
}

/** What a row says without a key. Nothing of it is to be trusted before the row is opened. */
export interface RowHeader {
  /** The kind byte, as in the row key. */
  readonly kind: number;
  readonly scheme: Scheme;
  /** Master key version; 0 where the data key seals (manifest, twin, inline). */
  readonly keyVersion: number;
  /** 8 bytes; zeros where `keyVersion` is 0. */
  readonly keyId: Uint8Array;
}

export interface OpenedHeader extends RowHeader {
  /** Readable without a key. Shares the value's memory. */
  readonly clear: Buffer;
}

const format = 1;
const headerBytes = 16;
const clearAt = headerBytes + 4;
const idBytes = 16;
/** The clear part holds an object key and ids at most. */
const clearBytesMax = 4_096;

const schemeNames: readonly (Scheme | undefined)[] = [
  undefined,
  'store',
  'bucket',
  'manifest',
  'twin',
  'inline',
];

/** The key id of rows that a data key seals. */
export const noKeyId: Uint8Array = new Uint8Array(8);
const nothing: Uint8Array = new Uint8Array(0);

/** Seals a row. `clear` is empty unless given; a twin's body is empty. */
export function sealRow(
  row: RowHeader & { readonly clear?: Uint8Array; readonly context: RowContext },
  key: SecretKey,
  body: Uint8Array,
): Sealed {
  const clear = row.clear ?? nothing;
  assert(clear.length <= clearBytesMax, 'the clear part of a row is too long');
  assert(row.scheme !== 'twin' || body.length === 0, 'a twin has no body');
  const sealedAt = clearAt + clear.length;
  const value = Buffer.allocUnsafe(sealedAt + sealedBodyBytes(row.scheme, body.length));
  writeHeader(value, row);
  value.writeUInt32BE(clear.length, headerBytes);
  value.set(clear, clearAt);
  const seal = { key, aad: authenticated(value.subarray(0, sealedAt), row.context) };
  if (row.scheme === 'inline') sealAllInto(seal, body, value, sealedAt);
  else xaesSealInto(seal, body, value, sealedAt);
  return asSealed(value);
}

/** Reads header and clear part. Unknown formats and impossible lengths are `Fault('damaged')`. */
export function readHeader(value: Uint8Array): OpenedHeader {
  if (value.length < clearAt) throw damaged();
  const bytes = asBuffer(value);
  const scheme = schemeNames[bytes[2] ?? 0];
  const keyVersion = bytes.readUInt32BE(4);
  const clearLength = bytes.readUInt32BE(headerBytes);
  if (bytes[0] !== format || scheme === undefined || bytes[3] !== 0) throw damaged();
  if (clearLength > clearBytesMax) throw damaged();
  if (bytes.length < clearAt + clearLength + sealedBodyBytes(scheme, 0)) throw damaged();
  const keyId = bytes.subarray(8, headerBytes);
  if (underMasterKey(scheme) !== keyVersion > 0) throw damaged();
  if (keyVersion === 0 && !keyId.equals(noKeyId)) throw damaged();
  const clear = bytes.subarray(clearAt, clearAt + clearLength);
  return { kind: bytes[1] ?? 0, scheme, keyVersion, keyId, clear };
}

/** The body of a row whose header was read, all of it verified. */
export function openRow(
  row: { readonly value: Uint8Array; readonly header: OpenedHeader; readonly context: RowContext },
  key: SecretKey,
): Buffer {
  const sealedAt = clearAt + row.header.clear.length;
  const aad = authenticated(row.value.subarray(0, sealedAt), row.context);
  const sealed = row.value.subarray(sealedAt);
  if (row.header.scheme === 'inline') return openAll(key, aad, sealed);
  const body = xaesOpen(key, aad, sealed);
  if (row.header.scheme === 'twin' && body.length > 0) throw damaged();
  return body;
}

/** Whether a master key version seals such rows, rather than an object's data key. */
export function underMasterKey(scheme: Scheme): boolean {
  return scheme === 'store' || scheme === 'bucket';
}

function sealedBodyBytes(scheme: Scheme, bodyBytes: number): number {
  return scheme === 'inline' ? sealedSize(bodyBytes) : bodyBytes + xaesOverheadBytes;
}

function writeHeader(value: Buffer, header: RowHeader): void {
  const { kind, scheme, keyVersion, keyId } = header;
  assert(underMasterKey(scheme) === keyVersion > 0, 'a key version where the scheme has one');
  assert(keyId.length === noKeyId.length, 'a key id is 8 bytes');
  value[0] = format;
  value[1] = kind;
  value[2] = schemes[scheme];
  value[3] = 0;
  value.writeUInt32BE(keyVersion, 4);
  value.set(keyId, 8);
}

/** `header ‖ clear (with its length) ‖ context` */
function authenticated(front: Uint8Array, { storeId, bucketId, rowKey }: RowContext): Buffer {
  assert(storeId.length === idBytes, 'a store id is 16 bytes');
  const aad = Buffer.allocUnsafe(front.length + 2 * idBytes + rowKey.length);
  aad.set(front);
  aad.set(storeId, front.length);
  const bucketAt = front.length + idBytes;
  if (bucketId === undefined) aad.fill(0, bucketAt, bucketAt + idBytes);
  else {
    assert(bucketId.length === idBytes, 'a bucket id is 16 bytes');
    aad.set(bucketId, bucketAt);
  }
  aad.set(rowKey, bucketAt + idBytes);
  return aad;
}
