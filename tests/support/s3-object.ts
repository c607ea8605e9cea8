/** An object that a test's store opens: a version with the given facts, and its bytes. */
import type { ObjectVersion, OpenedObject, PlainRange } from '../../src/store/objects.ts';
import { Refusal } from '../../src/base/refusal.ts';
import { isoDay } from './s3-call.ts';

/** A version as the store tells it; SSE-S3, in one piece, unless `facts` say otherwise. */
export function versionOf(bytes: string, facts: Partial<ObjectVersion> = {}): ObjectVersion {
  return {
    key: 'key',
    versionId: undefined,
    latest: true,
    size: Buffer.byteLength(bytes),
    etag: 'e7',
    modified: isoDay,
    protection: 'SSE-S3',
    checksum: { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: 'AAAAAAAAAAA=' },
    partsCount: undefined,
    ...facts,
  };
}

/** The object opened. `parts` are the sizes of a multipart object's parts. */
export function opened(
  bytes: string,
  facts: Partial<ObjectVersion> = {},
  parts: readonly number[] = [],
): OpenedObject {
  const partsCount = parts.length === 0 ? undefined : parts.length;
  const version = versionOf(bytes, { partsCount, ...facts });
  const whole = Buffer.from(bytes);
  return {
    version,
    async *read(range?: PlainRange) {
      for (const byte of whole.subarray(range?.start, range?.end)) yield Buffer.of(byte);
    },
    inline: parts.length === 0 ? () => whole : undefined,
    part: async (number) => {
      if (number > Math.max(parts.length, 1)) throw new Refusal('InvalidPartNumber');
      const start = parts.slice(0, number - 1).reduce((sum, size) => sum + size, 0);
      return { start, end: parts.length === 0 ? whole.length : start + (parts[number - 1] ?? 0) };
    },
    parts: async (marker, limit) => ({
      parts: parts
        .map((size, index) => ({ number: index + 1, size, checksum: `p${index + 1}` }))
        .slice(marker, marker + limit),
      more: marker + limit < parts.length,
    }),
  };
}
