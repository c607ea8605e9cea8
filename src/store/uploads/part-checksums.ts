/**
 * Checksums of parts ("Checking object integrity for data uploads in Amazon S3", user guide,
 * 2026-11-24): parts carry the algorithm that their upload was created with, and one whose object
 * will have a COMPOSITE checksum must declare it. Where none was named S3 keeps a CRC64NVME of the
 * whole object; such a part may declare any algorithm, which is verified and kept beside it.
 */
import { Refusal } from '../../base/refusal.ts';
import type { UploadRow } from '../../rows/upload-row.ts';
import type { ChecksumAlgorithm, ChecksumType, DeclaredDigests } from '../checksums.ts';
import { Crc64Nvme } from '../checksums/crc.ts';
import { type BodyDigests, defaultAlgorithm } from '../checksums/digests.ts';

/** What the object's checksum will be. */
export function checksumKindOf(upload: Pick<UploadRow, 'checksum'>): {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
} {
  return upload.checksum ?? { algorithm: defaultAlgorithm, type: 'FULL_OBJECT' };
}

export interface PartSums {
  /** The algorithm that the declared digests are compared in. */
  readonly algorithm: ChecksumAlgorithm;
  /** The body, which also passes whatever else is to be computed of it. */
  readonly body: AsyncIterable<Uint8Array>;
  /** All checksums, once the body was read. */
  of(digests: BodyDigests): Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/** Refuses a part whose declaration its upload does not allow, before a byte of it is read. */
export function partSums(
  upload: Pick<UploadRow, 'checksum'>,
  body: AsyncIterable<Uint8Array>,
  declared: DeclaredDigests['checksum'],
): PartSums {
  const { algorithm, type } = checksumKindOf(upload);
  const given = declared?.algorithm;
  const missing = given === undefined && type === 'COMPOSITE';
  const other = given !== undefined && given !== algorithm;
  if (missing || (other && upload.checksum !== undefined)) throw otherChecksum(algorithm, given);
  if (!other) {
    return { algorithm, body, of: ({ checksum }) => ({ [algorithm]: checksum }) };
  }
  const crc = new Crc64Nvme();
  return {
    algorithm: given,
    body: summed(body, crc),
    of: ({ checksum }) => ({
      [defaultAlgorithm]: crc.digest().toString('base64'),
      [given]: checksum,
    }),
  };
}

/** Refuses a checksum of another algorithm than the upload's, in AWS's words. */
export function otherChecksum(
  expected: ChecksumAlgorithm,
  actual: ChecksumAlgorithm | undefined,
): Refusal {
  const shown = actual?.toLowerCase() ?? 'null';
  return new Refusal('InvalidRequest', {
    message: `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${shown}`,
  });
}

async function* summed(
  body: AsyncIterable<Uint8Array>,
  crc: Crc64Nvme,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of body) {
    crc.update(chunk);
    yield chunk;
  }
}
