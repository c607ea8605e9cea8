/**
 * The canonical request of SigV4 as S3 builds it ("Signature Calculations for the Authorization
 * Header", S3 API reference; "Create a signed AWS API request", IAM user guide; 2026-11-24).
 *
 * S3 differs from the other services: the path is encoded once, not twice, and nothing in it is
 * normalised: `//`, `.` and `..` are part of a key (S3-BEHAVIOURS 15). The path and query on the
 * wire are decoded once and encoded once here, so it does not matter which harmless characters a
 * client left bare or escaped without need.
 *
 * The text is Latin-1: one character for each byte of the request, so a header's UTF-8 is hashed as
 * the client sent it.
 */
import { Refusal } from '../../base/refusal.ts';
import type { QueryEntries } from '../../base/request-target.ts';

export interface CanonicalParts {
  readonly method: string;
  /** The path as on the wire. */
  readonly rawPath: string;
  readonly query: QueryEntries;
  /** In the order in which they were signed. */
  readonly signedHeaders: ReadonlySet<string>;
  /** A header's values; undefined where it is absent (which no honest signature matches). */
  readonly header: (name: string) => readonly string[] | undefined;
  /** The hash of the body or what stands for it, as the client gave it. */
  readonly payload: string;
}

/** The canonical request, six parts with line feeds between them. */
export function canonicalRequest(parts: CanonicalParts): string {
  let headers = '';
  let names = '';
  for (const name of parts.signedHeaders) {
    names += names === '' ? name : `;${name}`;
    headers += `${name}:${canonicalValue(parts.header(name))}\n`;
  }
  const query = parts.query.length === 0 ? '' : canonicalQuery(parts.query);
  return `${parts.method}\n${canonicalPath(parts.rawPath)}\n${query}\n${headers}\n${names}\n${parts.payload}`;
}

/** The path decoded once and encoded once; `/` stays. Throws `InvalidURI` for a broken escape. */
export function canonicalPath(rawPath: string): string {
  return plainPath.test(rawPath) ? rawPath : encodePath(decode(rawPath));
}

/** A path from its characters. */
export function encodePath(path: string): string {
  return uriEncode(path).replaceAll('%2F', '/');
}

/** The parameters encoded and sorted by name and value, without the signature itself. */
export function canonicalQuery(query: QueryEntries): string {
  const encoded: (readonly [string, string])[] = [];
  for (const [name, value] of query) {
    if (!isSignature(name)) encoded.push([uriEncode(name), uriEncode(value)]);
  }
  // What is encoded is ASCII, so the order of UTF-16 units is the order of bytes.
  encoded.sort(([aName, aValue], [bName, bValue]) =>
    aName === bName ? order(aValue, bValue) : order(aName, bName),
  );
  return encoded.map(([name, value]) => `${name}=${value}`).join('&');
}

/** RFC 3986 §2.3: everything but unreserved characters is escaped, in upper-case hexadecimal. */
function uriEncode(text: string): string {
  if (unreserved.test(text)) return text;
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, escapeCharacter);
}

/** Values trimmed, each run of white space one space, repeated headers joined by commas. */
export function canonicalValue(values: readonly string[] | undefined): string {
  if (values === undefined) return '';
  const [first = ''] = values;
  if (values.length === 1) return fold(first);
  return values.map(fold).join(',');
}

const unreserved = /^[A-Za-z0-9\-._~]*$/;
const plainPath = /^[A-Za-z0-9\-._~/]*$/;

function fold(value: string): string {
  const trimmed = trimSpace(value);
  return runs.test(trimmed) ? trimmed.replaceAll(/[ \t]+/g, ' ') : trimmed;
}

/** Without spaces and tabs at its ends. `trim()` would take byte A0 too, which ends an `à`. */
export function trimSpace(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isSpace(value.charCodeAt(start))) start += 1;
  while (end > start && isSpace(value.charCodeAt(end - 1))) end -= 1;
  return end - start === value.length ? value : value.slice(start, end);
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

const runs = /\t|  /;

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const isSignature = (name: string): boolean =>
  name.length === 15 && name.toLowerCase() === 'x-amz-signature';

const escapeCharacter = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal('InvalidURI');
  }
}
