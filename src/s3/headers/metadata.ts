/**
 * What a client says about an object: content headers and user metadata ("Working with object
 * metadata", S3 user guide, 2026-11-24). Names are lower case, values text; non-ASCII user metadata
 * goes out as RFC 2047 words, as S3 sends it.
 */
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { ObjectFacts } from '../../store/objects.ts';
import { decodeWords, encodeWord } from './encoded-word.ts';
import { checkHeaderText, headerText, wireText } from './text.ts';

const defaultContentType = 'binary/octet-stream';

const metadataBytesMax = s3Limits.userMetadataBytesMax;

const metaPrefix = 'x-amz-meta-';

/** Lower-case name → the name on the wire. Content-Type is kept apart. */
const stored: readonly (readonly [name: string, onWire: string])[] = [
  ['cache-control', 'Cache-Control'],
  ['content-disposition', 'Content-Disposition'],
  ['content-encoding', 'Content-Encoding'],
  ['content-language', 'Content-Language'],
  ['expires', 'Expires'],
];

/**
 * The content headers and user metadata of a write. `contentEncoding` is what is left of
 * Content-Encoding without `aws-chunked` (S3-BEHAVIOURS 2). Throws `MetadataTooLarge`,
 * `InvalidArgument`.
 */
export function requestedFacts(
  headers: Headers,
  contentEncoding: string | undefined,
): Pick<ObjectFacts, 'contentType' | 'headers' | 'meta'> {
  const facts: {
    contentType?: string;
    headers?: Record<string, string>;
    meta?: Record<string, string>;
  } = {};
  const contentType = textOf(headers, 'content-type');
  if (contentType !== undefined && contentType !== '') facts.contentType = contentType;
  for (const [name] of stored) {
    const value = name === 'content-encoding' ? contentEncoding : textOf(headers, name);
    if (value !== undefined && value !== '') (facts.headers ??= {})[name] = value;
  }
  const meta = userMetadata(headers);
  if (meta !== undefined) facts.meta = meta;
  return facts;
}

/** The response headers of GET and HEAD for what was said of the object. */
export function factHeaders(facts: ObjectFacts): Record<string, string> {
  const headers: Record<string, string> = {
    'Content-Type': wireText(facts.contentType ?? defaultContentType, 'Content-Type'),
  };
  if (facts.headers !== undefined) {
    for (const [name, onWire] of stored) {
      const value = facts.headers[name];
      if (value !== undefined) headers[onWire] = wireText(value, onWire);
    }
  }
  if (facts.meta !== undefined) {
    for (const [name, value] of Object.entries(facts.meta)) {
      headers[metaPrefix + name] = encodeWord(value);
    }
  }
  return headers;
}

function textOf(headers: Headers, name: string): string | undefined {
  const value = header(headers, name);
  if (value === undefined) return undefined;
  const text = headerText(value);
  checkHeaderText(text, name);
  return text;
}

/** Names come by form and query too, where they need not be header names. */
const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

function userMetadata(headers: Headers): Record<string, string> | undefined {
  // No prototype: a client may well call its metadata `__proto__`.
  let meta: Record<string, string> | undefined;
  let size = 0;
  for (const [name, values] of headers) {
    if (!name.startsWith(metaPrefix)) continue;
    if (!token.test(name)) {
      throw new Refusal('InvalidArgument', {
        message: 'The name of user metadata must be that of a header.',
        fields: { ArgumentName: name },
      });
    }
    const key = name.slice(metaPrefix.length);
    const value = decodeWords(values.map(headerText).join(','));
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
    meta ??= Object.create(null) as Record<string, string>;
    meta[key] = value;
  }
  if (size > metadataBytesMax) {
    throw new Refusal('MetadataTooLarge', {
      fields: { Size: String(size), MaxSizeAllowed: String(metadataBytesMax) },
    });
  }
  return meta;
}
