/** Checksums as bodies hold them (FORMAT.md §7), the same in every kind that has one. */
import type { RowBody } from './row-body.ts';

export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export const checksumTypes = ['FULL_OBJECT', 'COMPOSITE'] as const;
export const protections = ['SSE-S3', 'none'] as const;

export type StoredAlgorithm = (typeof checksumAlgorithms)[number];
export type StoredChecksumType = (typeof checksumTypes)[number];
export type StoredProtection = (typeof protections)[number];

export interface StoredChecksum {
  readonly algorithm: StoredAlgorithm;
  readonly type: StoredChecksumType;
  /** As S3 shows it. */
  readonly value: string;
}

export function decodeChecksum(body: RowBody | undefined): StoredChecksum | undefined {
  return (
    body && {
      algorithm: body.oneOf('algorithm', checksumAlgorithms),
      type: body.oneOf('type', checksumTypes),
      value: body.text('value'),
    }
  );
}
