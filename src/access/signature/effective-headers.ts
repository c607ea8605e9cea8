/**
 * The headers that count. A presigned URL may carry `x-amz-*` headers as signed query parameters
 * (S3-BEHAVIOURS 6): they hold for storage and policy as if they had been sent.
 *
 * One is an artefact: the AWS SDK for JavaScript v3 signs the checksum of an empty body into every
 * URL for an upload, because it has no body when it signs. S3 does not hold the upload to it, and
 * neither does Coffer; a checksum of something counts (localstack#12169).
 */
import type { Headers } from '../../base/headers.ts';
import { Refusal } from '../../base/refusal.ts';
import type { QueryEntries } from '../../base/request-target.ts';
import { trimSpace } from './canonical.ts';
import { presignParameters } from './kind.ts';

/**
 * The headers of a presigned request with its `x-amz-*` parameters, lower case, laid over them;
 * the very same map where there are none. A header sent beside the parameter must say the same.
 */
export function effectiveHeaders(headers: Headers, query: QueryEntries): Headers {
  let merged: Map<string, readonly string[]> | undefined;
  for (const [parameter, value] of query) {
    const name = parameter.toLowerCase();
    if (!name.startsWith('x-amz-') || presignParameters.has(name)) continue;
    if (emptyChecksums.has(value) && name.startsWith('x-amz-checksum-')) continue;
    const sent = headers.get(name);
    if (sent !== undefined) {
      refuseConflict(name, sent, value);
      continue;
    }
    merged ??= new Map(headers);
    merged.set(name, [value]);
  }
  return merged ?? headers;
}

/** A parameter's text as the bytes of a header: what a client that signs it as a header hashes. */
export function headerBytes(value: string): string {
  return ascii.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1');
}

// eslint-disable-next-line no-control-regex -- all of ASCII
const ascii = /^[\u0000-\u007f]*$/;

/** Of no bytes, by CRC32 and CRC32C, CRC64NVME, SHA1, SHA256. */
const emptyChecksums: ReadonlySet<string> = new Set([
  'AAAAAA==',
  'AAAAAAAAAAA=',
  '2jmj7l5rSw0yVb/vlWAYkK/YBwk=',
  '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
]);

function refuseConflict(name: string, sent: readonly string[], value: string): void {
  const text = trimSpace(sent.join(','));
  const given = trimSpace(value);
  if (text === given || text === headerBytes(given)) return;
  throw new Refusal('InvalidRequest', {
    message: `The header ${name} and the query parameter of that name differ.`,
  });
}
