/**
 * `x-amz-server-side-encryption` ("Specifying server-side encryption with Amazon S3 managed keys",
 * S3 user guide, 2026-11-24). Coffer gives SSE-S3; SSE-KMS and DSSE-KMS are refused by name, SSE-C
 * by `unsupported.ts`, and nothing is ever stored with less protection than was asked.
 */
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { Protection } from '../../store/objects.ts';

export const sseHeader = 'x-amz-server-side-encryption';

/** What a write asks for; undefined leaves it to the bucket's default. */
export function requestedSse(headers: Headers): 'AES256' | undefined {
  const value = header(headers, sseHeader);
  if (value === undefined || value === 'AES256') return value;
  throw unknownSse(value);
}

/** AWS's other algorithms, from the service model of S3 (2026-11-24). */
const otherAlgorithms = new Set(['aws:backup', 'aws:fsx', 'aws:kms', 'aws:kms:dsse']);

/** The refusal of an algorithm other than AES256, wherever it is named. */
export function unknownSse(algorithm: string): Refusal {
  if (otherAlgorithms.has(algorithm)) {
    return new Refusal('NotImplemented', {
      message: `Server-side encryption with ${algorithm} is not implemented; AES256 is.`,
      fields: { Header: sseHeader },
    });
  }
  return new Refusal('InvalidEncryptionAlgorithmError', {
    fields: { ArgumentName: sseHeader, ArgumentValue: algorithm },
  });
}

/** The response header of every write and read of an object that was promised encryption. */
export function sseHeaders(protection: Protection): Readonly<Record<string, string>> {
  return protection === 'SSE-S3' ? aes256 : none;
}

const aes256: Readonly<Record<string, string>> = { [sseHeader]: 'AES256' };
const none: Readonly<Record<string, string>> = {};
