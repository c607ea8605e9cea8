/**
 * The upload ids that S3 clients see: 32 characters that hold when the upload began and its random
 * id. With the object key they are the upload's whole row key: an upload is one row read.
 */
import { fromBase64Url, toBase64Url, u64 } from '../base/bytes.ts';

export interface NamedUpload {
  /** Milliseconds since 1970. */
  readonly created: number;
  /** 16 bytes: the id inside the store, and the version id of the object it becomes. */
  readonly id: Uint8Array;
}

export function encodeUploadId({ created, id }: NamedUpload): string {
  return toBase64Url(Buffer.concat([u64(created), id]));
}

/** What a client named; undefined for what no upload can be called. */
export function parseUploadId(text: string): NamedUpload | undefined {
  if (!/^[\w-]{32}$/.test(text)) return undefined;
  const bytes = fromBase64Url(text);
  const created = Number(bytes.readBigUInt64BE());
  return Number.isSafeInteger(created) ? { created, id: bytes.subarray(8) } : undefined;
}
