/**
 * What a client says its body hashes to: Content-MD5, one `x-amz-checksum-*` header or trailer
 * ("Checking object integrity", S3 user guide; texts as S3 answers them, 2026-11-24). Only read here;
 * who takes the bytes compares.
 */
import { Refusal } from '../base/refusal.ts';
import { header, type Headers } from '../http/exchange.ts';
import type { ChecksumAlgorithm, DeclaredDigests } from '../store/checksums.ts';
import type { ChunkTrailer } from './chunk-trailer.ts';
import {
  checksumAlgorithm,
  checksumAlgorithms,
  checksumHeaderName,
  isChecksum,
} from './headers/checksum.ts';

/**
 * Digests declared in headers, and in `trailer` where the body has one. `ofObject`: a checksum in a
 * header is not about the body and is not read. Throws for what is none.
 */
export function declaredDigests(
  headers: Headers,
  trailer: ChunkTrailer | undefined,
  ofObject = false,
): DeclaredDigests {
  const md5 = header(headers, 'content-md5');
  const checksum = declaredChecksum(headers, trailer, ofObject ? undefined : inHeader(headers));
  return {
    ...(md5 === undefined ? {} : { md5: parseMd5(md5) }),
    ...(checksum === undefined ? {} : { checksum }),
  };
}

/**
 * The checksum header that `x-amz-trailer` announces, lower case; undefined for none. Throws for any
 * other name, and for a body that can have no trailer.
 */
export function announcedTrailer(headers: Headers, hasTrailer: boolean): string | undefined {
  const value = header(headers, 'x-amz-trailer');
  if (value === undefined) return undefined;
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  if (!hasTrailer || !names.every((name) => algorithms.has(name))) {
    throw new Refusal('InvalidRequest', {
      message: 'The value specified in the x-amz-trailer header is not supported',
    });
  }
  if (names.length > 1) throw severalChecksums();
  return names[0];
}

/** Header name → algorithm. */
const algorithms: ReadonlyMap<string, ChecksumAlgorithm> = new Map(
  checksumAlgorithms.map((algorithm) => [checksumHeaderName(algorithm), algorithm]),
);

function declaredChecksum(
  headers: Headers,
  trailer: ChunkTrailer | undefined,
  found: HeaderChecksum | undefined,
): DeclaredDigests['checksum'] {
  const announced = announcedTrailer(headers, trailer !== undefined);
  if (found !== undefined && announced !== undefined) throw severalChecksums();
  const algorithm =
    found?.algorithm ?? (announced === undefined ? undefined : algorithms.get(announced));
  const named = header(headers, 'x-amz-sdk-checksum-algorithm');
  if (named !== undefined && algorithm !== undefined && checksumAlgorithm(named) !== algorithm) {
    throw new Refusal('InvalidRequest', {
      message: 'Value for x-amz-sdk-checksum-algorithm header is invalid.',
    });
  }
  if (found !== undefined) return { algorithm: found.algorithm, value: () => found.value };
  if (algorithm !== undefined) return { algorithm, value: () => trailerValue(algorithm, trailer) };
  if (named === undefined) return undefined;
  return { algorithm: checksumAlgorithm(named), value: () => undefined };
}

interface HeaderChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
}

function inHeader(headers: Headers): HeaderChecksum | undefined {
  let found: HeaderChecksum | undefined;
  for (const [name, algorithm] of algorithms) {
    const value = header(headers, name)?.trim();
    if (value === undefined) continue;
    if (found !== undefined) throw severalChecksums();
    if (!isChecksum(algorithm, value)) {
      throw new Refusal('InvalidRequest', { message: `Value for ${name} header is invalid.` });
    }
    found = { algorithm, value };
  }
  return found;
}

function trailerValue(
  algorithm: ChecksumAlgorithm,
  trailer: ChunkTrailer | undefined,
): string | undefined {
  const value = trailer?.value;
  if (value === undefined || isChecksum(algorithm, value)) return value;
  throw new Refusal('InvalidRequest', {
    message: `Value for ${checksumHeaderName(algorithm)} trailing header is invalid.`,
  });
}

function parseMd5(text: string): Uint8Array {
  const value = text.trim();
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === 16 && bytes.toString('base64') === value) return bytes;
  throw new Refusal('InvalidDigest', { fields: { 'Content-MD5': value } });
}

function severalChecksums(): Refusal {
  return new Refusal('InvalidRequest', {
    message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
  });
}
