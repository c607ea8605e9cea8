/** An XML document as the body of a request, with the checksum that S3 asks for. */
import { crc32Base64 } from './crc32.ts';
import type { S3Request } from './s3.ts';

const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** `inner` is the content of the root element, escaped already. */
export function xmlBody(root: string, inner: string): Pick<S3Request, 'body' | 'headers'> {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${s3Namespace}">${inner}</${root}>`;
  const bytes = new TextEncoder().encode(text);
  return {
    body: bytes,
    headers: { 'content-type': 'application/xml', 'x-amz-checksum-crc32': crc32Base64(bytes) },
  };
}
