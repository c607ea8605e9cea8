/**
 * The flexible checksums in headers ("Checking object integrity in Amazon S3", user guide,
 * 2026-11-24). What a body declares of itself is read by the payload; this file is for what a
 * request asks to be kept, and for what replies tell.
 */
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../../store/checksums.ts';
import { textElement } from '../xml/write.ts';

/** Every algorithm, with the length of its value in bytes. */
const checksumBytes: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export const checksumAlgorithms = Object.keys(checksumBytes) as readonly ChecksumAlgorithm[];

/** `x-amz-checksum-crc32` ...: the header that carries a value of the algorithm. */
export const checksumHeaderName = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** `ChecksumCRC32` ...: the XML element that carries a value of the algorithm. */
export const checksumElementName = (algorithm: ChecksumAlgorithm): string => `Checksum${algorithm}`;

/** AWS's other algorithms, from the service model of S3 (2026-11-24). */
const otherAlgorithms = new Set(['MD5', 'SHA512', 'XXHASH128', 'XXHASH3', 'XXHASH64']);

/** An algorithm by the name clients give it. Throws `NotImplemented` or `InvalidRequest`. */
export function checksumAlgorithm(name: string): ChecksumAlgorithm {
  const upper = name.trim().toUpperCase();
  const found = checksumAlgorithms.find((algorithm) => algorithm === upper);
  if (found !== undefined) return found;
  if (otherAlgorithms.has(upper)) {
    throw new Refusal('NotImplemented', {
      message: `The checksum algorithm ${upper} is not implemented.`,
    });
  }
  throw new Refusal('InvalidRequest', {
    message:
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  });
}

/** `x-amz-checksum-algorithm` of CopyObject: undefined keeps the source's. */
export function requestedAlgorithm(headers: Headers): ChecksumAlgorithm | undefined {
  const name = header(headers, 'x-amz-checksum-algorithm');
  return name === undefined ? undefined : checksumAlgorithm(name);
}

/** What CreateMultipartUpload asks to be kept of the whole object; undefined where it says nothing. */
export function requestedChecksum(
  headers: Headers,
): { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType } | undefined {
  const algorithm = requestedAlgorithm(headers);
  const type = requestedType(headers);
  if (algorithm === undefined) {
    if (type === undefined) return undefined;
    throw new Refusal('InvalidRequest', {
      message:
        'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    });
  }
  const chosen = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const possible =
    chosen === 'COMPOSITE'
      ? algorithm !== 'CRC64NVME'
      : algorithm !== 'SHA1' && algorithm !== 'SHA256';
  if (possible) return { algorithm, type: chosen };
  throw new Refusal('InvalidRequest', {
    message: `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  });
}

/** `x-amz-checksum-type`, or undefined. */
export function requestedType(headers: Headers): ChecksumType | undefined {
  const value = header(headers, 'x-amz-checksum-type')?.trim().toUpperCase();
  if (value === undefined || value === 'COMPOSITE' || value === 'FULL_OBJECT') return value;
  throw new Refusal('InvalidRequest', {
    message: 'Value for x-amz-checksum-type header is invalid.',
  });
}

/**
 * The whole object's checksum that CompleteMultipartUpload declares. A composite one may carry `-N`.
 * `InvalidRequest` for a value that is none, or for two.
 */
export function declaredObjectChecksum(headers: Headers): Checksum | undefined {
  let found: Checksum | undefined;
  for (const algorithm of checksumAlgorithms) {
    const name = checksumHeaderName(algorithm);
    const value = header(headers, name)?.trim();
    if (value === undefined) continue;
    if (found !== undefined) {
      throw new Refusal('InvalidRequest', {
        message:
          'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
      });
    }
    const [digest = '', parts] = value.split('-', 2);
    const countable = parts === undefined || /^[1-9]\d{0,4}$/.test(parts);
    if (!isChecksum(algorithm, digest) || !countable) {
      throw new Refusal('InvalidRequest', { message: `Value for ${name} header is invalid.` });
    }
    const type = requestedType(headers) ?? (parts === undefined ? 'FULL_OBJECT' : 'COMPOSITE');
    found = { algorithm, type, value };
  }
  return found;
}

/** Whether `value` is base64 of the right length for the algorithm. */
export function isChecksum(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === checksumBytes[algorithm] && bytes.toString('base64') === value;
}

/** `x-amz-checksum-mode: ENABLED` of GET and HEAD: tell the stored checksum. */
export function checksumWanted(headers: Headers): boolean {
  return header(headers, 'x-amz-checksum-mode')?.trim().toUpperCase() === 'ENABLED';
}

/** The response headers of a checksum; none where there is none. */
export function checksumHeaders(checksum: Checksum | undefined): Readonly<Record<string, string>> {
  if (checksum === undefined) return none;
  return {
    [checksumHeaderName(checksum.algorithm)]: checksum.value,
    'x-amz-checksum-type': checksum.type,
  };
}

const none = {};

/** `ChecksumCRC32` ... and `ChecksumType` for a reply's XML. */
export function checksumElements(checksum: Checksum | undefined): string {
  if (checksum === undefined) return '';
  return (
    textElement(checksumElementName(checksum.algorithm), checksum.value) +
    textElement('ChecksumType', checksum.type)
  );
}
