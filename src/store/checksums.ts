/** The flexible checksums of S3 ("Checking object integrity", AWS user guide, 2026-11-24). */

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

/** FULL_OBJECT covers the whole object's bytes, COMPOSITE is a checksum of the parts' checksums. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A checksum as stored and reported; `value` is base64, with `-N` behind it when composite. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly value: string;
}

/** Digests that a client declares of the bytes it sends. */
export interface DeclaredDigests {
  /** Content-MD5, 16 bytes. */
  readonly md5?: Uint8Array;
  /**
   * The declared checksum. The algorithm is known before the bytes are read; `value()` (base64) may
   * come in a trailer and is known when they have been. undefined: compute and store, nothing to
   * compare (x-amz-sdk-checksum-algorithm alone).
   */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; value(): string | undefined };
}
