/**
 * The digests of a body: MD5 always (the ETag of an object in one piece), and one flexible checksum:
 * the declared algorithm, or CRC64NVME as S3 stores when none is declared.
 */
import { type Hash, createHash, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Refusal } from '../../base/refusal.ts';
import type { ChecksumAlgorithm, DeclaredDigests } from '../checksums.ts';
import { type Crc, Crc32c, Crc64Nvme } from './crc.ts';

export const defaultAlgorithm: ChecksumAlgorithm = 'CRC64NVME';

export interface BodyDigests {
  readonly size: number;
  /** 32 hexadecimal digits. */
  readonly md5: string;
  readonly algorithm: ChecksumAlgorithm;
  /** base64. */
  readonly checksum: string;
}

/** Digests of a body in pieces. */
export class Digester {
  readonly #algorithm: ChecksumAlgorithm;
  readonly #md5: Hash = createHash('md5');
  readonly #checksum: Crc;
  #size = 0;

  constructor(algorithm: ChecksumAlgorithm) {
    this.#algorithm = algorithm;
    this.#checksum = checksummers[algorithm]();
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#md5.update(bytes);
    this.#checksum.update(bytes);
  }

  digest(): BodyDigests {
    return {
      size: this.#size,
      md5: this.#md5.digest('hex'),
      algorithm: this.#algorithm,
      checksum: this.#checksum.digest().toString('base64'),
    };
  }
}

/** Digests of a small body at once. */
export function digestsOf(bytes: Uint8Array, algorithm: ChecksumAlgorithm): BodyDigests {
  const md5 = hash('md5', bytes);
  const size = bytes.length;
  return { size, md5, algorithm, checksum: checksumOf(bytes, algorithm).toString('base64') };
}

/** One checksum of bytes in one piece. */
export function checksumOf(bytes: Uint8Array, algorithm: ChecksumAlgorithm): Buffer {
  if (algorithm === 'SHA1' || algorithm === 'SHA256') {
    return hash(algorithm.toLowerCase(), bytes, 'buffer');
  }
  const checksum = checksummers[algorithm]();
  checksum.update(bytes);
  return checksum.digest();
}

/** Refuses a body that is not the one that was declared, in AWS's words. */
export function assertDeclared(digests: BodyDigests, declared: DeclaredDigests): void {
  if (declared.md5 !== undefined) {
    const expected = Buffer.from(declared.md5);
    if (expected.toString('hex') !== digests.md5) {
      throw new Refusal('BadDigest', {
        message: 'The Content-MD5 you specified did not match what we received.',
        fields: {
          ExpectedDigest: expected.toString('base64'),
          CalculatedDigest: Buffer.from(digests.md5, 'hex').toString('base64'),
        },
      });
    }
  }
  const checksum = declared.checksum?.value();
  if (checksum !== undefined && checksum !== digests.checksum) {
    throw badChecksum(digests.algorithm);
  }
}

export function badChecksum(algorithm: ChecksumAlgorithm): Refusal {
  return new Refusal('BadDigest', {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  });
}

class Crc32 implements Crc {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }

  digest(): Buffer {
    const digest = Buffer.allocUnsafe(4);
    digest.writeUInt32BE(this.#crc);
    return digest;
  }
}

const checksummers: Readonly<Record<ChecksumAlgorithm, () => Crc>> = {
  CRC32: () => new Crc32(),
  CRC32C: () => new Crc32c(),
  CRC64NVME: () => new Crc64Nvme(),
  SHA1: () => createHash('sha1'),
  SHA256: () => createHash('sha256'),
};
