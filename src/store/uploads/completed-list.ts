/**
 * The list of parts that CompleteMultipartUpload sends, judged against the parts there are, in the
 * order in which S3 judges it ("CompleteMultipartUpload", API reference, 2026-11-24).
 */
import { hash } from 'node:crypto';
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { PartRow } from '../../rows/part-row.ts';
import type { ChecksumAlgorithm, ChecksumType } from '../checksums.ts';
import type { CompletedPart, Uploads } from '../uploads.ts';

export type CompleteInput = Parameters<Uploads['complete']>[0];

/** A part of the object to be. */
export interface ListedPart {
  readonly number: number;
  readonly row: PartRow;
}

/** What names a list: a repeated Complete of the same parts is the same request. */
export function digestOfList(list: readonly CompletedPart[]): Buffer {
  return hash('sha256', JSON.stringify(list.map(({ number, etag }) => [number, etag])), 'buffer');
}

/** Refuses a list that is empty, too long or not in ascending order: this needs no part. */
export function checkOrder(list: readonly CompletedPart[]): void {
  if (list.length === 0) throw new Refusal('MalformedXML');
  if (list.length > s3Limits.partNumberMax) throw new Refusal('MalformedXML');
  let last = 0;
  for (const { number } of list) {
    if (number <= last) throw new Refusal('InvalidPartOrder');
    last = number;
  }
}

/** The listed parts. Throws `InvalidPartOrder`, `InvalidRequest`, `InvalidPart`, `EntityTooSmall`. */
export function findListed(
  list: readonly CompletedPart[],
  stored: ReadonlyMap<number, PartRow>,
  kind: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType },
): readonly ListedPart[] {
  if (kind.type === 'COMPOSITE') checkComposite(list, kind.algorithm);
  const parts = list.map((asked) => {
    const { number } = asked;
    const row = stored.get(number);
    if (row === undefined || row.etag !== asked.etag || !sumsMatch(asked, row)) {
      throw invalidPart(asked);
    }
    return { number, row };
  });
  const small = parts.slice(0, -1).find(({ row }) => row.size < s3Limits.partBytesMin);
  if (small !== undefined) throw tooSmall(small);
  return parts;
}

/** A checksum of checksums takes parts without gaps, each with its own. */
function checkComposite(list: readonly CompletedPart[], algorithm: ChecksumAlgorithm): void {
  list.forEach(({ number, checksums }, index) => {
    if (number !== index + 1) throw new Refusal('InvalidPartOrder');
    if (checksums?.[algorithm] !== undefined) return;
    const name = algorithm.toLowerCase();
    throw new Refusal('InvalidRequest', {
      message:
        `The upload was created using a ${name} checksum. The complete request must include ` +
        `the checksum for each part. It was missing for part ${number} in the request.`,
    });
  });
}

/** A checksum that was not kept cannot be vouched for. */
function sumsMatch({ checksums = {} }: CompletedPart, row: PartRow): boolean {
  return Object.entries(checksums).every(
    ([algorithm, value]) => row.checksums[algorithm as ChecksumAlgorithm] === value,
  );
}

function invalidPart({ number, etag }: CompletedPart): Refusal {
  return new Refusal('InvalidPart', { fields: { PartNumber: `${number}`, ETag: etag } });
}

function tooSmall({ number, row }: ListedPart): Refusal {
  return new Refusal('EntityTooSmall', {
    fields: {
      ProposedSize: `${row.size}`,
      MinSizeAllowed: `${s3Limits.partBytesMin}`,
      PartNumber: `${number}`,
      ETag: row.etag,
    },
  });
}
