/** Parts in requests and replies: their numbers (S3-BEHAVIOURS 28) and their checksums. */
import { s3Limits } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { UploadedPart } from '../store/uploads.ts';
import { checksumAlgorithms, checksumElementName, checksumHeaderName } from './headers/checksum.ts';
import type { Query } from './query.ts';
import { textElement } from './xml/write.ts';

/** The part asked for; undefined where none is. Throws `InvalidArgument`. */
export function requestedPartNumber(query: Query): number | undefined {
  const text = query.get('partNumber');
  return text === undefined ? undefined : partNumber(text);
}

/** The part of an UploadPart; its route demands one. */
export function requiredPartNumber(query: Query): number {
  return partNumber(query.get('partNumber') ?? '');
}

function partNumber(text: string): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= s3Limits.partNumberMax) return number;
  throw new Refusal('InvalidArgument', {
    message: `Part number must be an integer between 1 and ${s3Limits.partNumberMax}, inclusive`,
    fields: { ArgumentName: 'partNumber', ArgumentValue: text },
  });
}

type PartChecksums = UploadedPart['checksums'];

/** The headers that tell of a part's checksums. */
export function partChecksumHeaders(checksums: PartChecksums): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const algorithm of checksumAlgorithms) {
    const value = checksums[algorithm];
    if (value !== undefined) headers[checksumHeaderName(algorithm)] = value;
  }
  return headers;
}

/** The elements that tell of a part's checksums. */
export function partChecksumElements(checksums: PartChecksums): string {
  let elements = '';
  for (const algorithm of checksumAlgorithms) {
    elements += textElement(checksumElementName(algorithm), checksums[algorithm]);
  }
  return elements;
}
