/**
 * The version ids that S3 clients see: 32 characters that hold a version's ordinal and its random
 * id, so that a named version is one row read; or `null`, a label that one version of a key may have.
 */
import { fromBase64Url, toBase64Url, u64 } from '../base/bytes.ts';
import { Refusal } from '../base/refusal.ts';

export interface NamedVersion {
  readonly ordinal: number;
  /** 16 bytes. */
  readonly id: Uint8Array;
}

export function encodeVersionId({ ordinal, id }: NamedVersion): string {
  return toBase64Url(Buffer.concat([u64(ordinal), id]));
}

/** What a client named; anything that no version can be called is `InvalidArgument`. */
export function parseVersionId(text: string): NamedVersion | 'null' {
  if (text === 'null') return 'null';
  const bytes = /^[\w-]{32}$/.test(text) ? fromBase64Url(text) : Buffer.alloc(0);
  const ordinal = bytes.length === 24 ? Number(bytes.readBigUInt64BE()) : 0;
  if (!Number.isSafeInteger(ordinal) || ordinal < 1) {
    throw new Refusal('InvalidArgument', {
      message: 'Invalid version id specified',
      fields: { ArgumentName: 'versionId', ArgumentValue: text },
    });
  }
  return { ordinal, id: bytes.subarray(8) };
}

/** The version id to show; undefined in a bucket that never had versioning. */
export function shownVersionId(
  versioning: 'off' | 'enabled' | 'suspended',
  version: NamedVersion & { readonly null: boolean },
): string | undefined {
  if (versioning === 'off') return undefined;
  return version.null ? 'null' : encodeVersionId(version);
}
