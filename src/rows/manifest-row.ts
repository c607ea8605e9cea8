/**
 * Row 32: one page of a multipart object's parts, sealed under the object's data key, so that a new
 * master key never touches it.
 */
import { u32 } from '../base/bytes.ts';
import { encodeKey } from './keyspace.ts';
import { RowBody, asBytes, b64, encodeBody, wrong } from './row-body.ts';
import type { StoredBlob } from './version-row.ts';

export interface ManifestPart {
  readonly number: number;
  readonly blob: StoredBlob;
  /** Of the plaintext. */
  readonly size: number;
  /** 32 hexadecimal digits. */
  readonly md5: string;
  /** base64, of the object's algorithm; undefined where none is kept. */
  readonly checksum: string | undefined;
}

export const manifestPagePartsMax = 1_000;
export const manifestCode = 0x32;

export function manifestKey(bucketId: Uint8Array, versionId: Uint8Array, page: number): Buffer {
  return encodeKey(manifestCode, bucketId, versionId, u32(page));
}

export function encodeManifest(parts: readonly ManifestPart[]): Buffer {
  return encodeBody({
    parts: parts.map(({ number, blob, size, md5, checksum }) => {
      const entry = [number, b64(blob.id), blob.file, size, md5];
      return checksum === undefined ? entry : [...entry, checksum];
    }),
  });
}

/** The parts of a page, in order. */
export function decodeManifest(body: Uint8Array): readonly ManifestPart[] {
  const list = RowBody.parse(body).list('parts');
  if (list.length > manifestPagePartsMax) return wrong('parts');
  return list.map(decodePart);
}

function decodePart(entry: unknown): ManifestPart {
  if (!Array.isArray(entry) || entry.length < 5) return wrong('part');
  const [number, id, file, size, md5, checksum] = entry as unknown[];
  if (!isCount(number) || !isCount(size) || typeof file !== 'boolean') return wrong('part');
  if (typeof md5 !== 'string' || !/^[0-9a-f]{32}$/.test(md5)) return wrong('md5');
  if (checksum !== undefined && typeof checksum !== 'string') return wrong('checksum');
  return { number, blob: { id: asBytes(id, 16, 'blob'), file }, size, md5, checksum };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
