/** How a file is cut. Limits: S3 User Guide, "Multipart upload limits" (2026-11-24). */
const mebi = 1024 ** 2;

/** From here on a file goes in parts. */
export const multipartBytesMin = 16 * mebi;
const partBytesMin = 16 * mebi;
const partsMax = 10_000;
/** 10,000 parts of 5 GiB. */
export const fileBytesMax = partsMax * 5 * 1024 * mebi;

export interface Part {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export function partsOf(bytes: number): readonly Part[] {
  const size = Math.max(partBytesMin, Math.ceil(bytes / partsMax / mebi) * mebi);
  return Array.from({ length: Math.ceil(bytes / size) }, (_none, index) => ({
    number: index + 1,
    start: index * size,
    end: Math.min(bytes, (index + 1) * size),
  }));
}
