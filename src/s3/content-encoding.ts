/**
 * The Content-Encoding that an object keeps. `aws-chunked` is how a body travelled, not what the
 * object is: it is taken out of a streamed payload's, and of no other's (S3-BEHAVIOURS 2).
 */
import { header, type Headers } from '../http/exchange.ts';

/** What is stored and given back with the object; undefined for nothing. */
export function storedContentEncoding(headers: Headers): string | undefined {
  const value = header(headers, 'content-encoding');
  if (value === undefined || !isStreaming(headers)) return value;
  const kept = value
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked');
  return kept.length === 0 ? undefined : kept.join(',');
}

function isStreaming(headers: Headers): boolean {
  return header(headers, 'x-amz-content-sha256')?.startsWith('STREAMING-') === true;
}
