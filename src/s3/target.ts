/**
 * What a request is aimed at, from its raw path and Host header. The key is decoded exactly once
 * and never normalised: `//`, `.`, `..`, `+` and `=` are part of it (S3-BEHAVIOURS 15).
 *
 * Addressing: "Virtual hosting of general purpose buckets" (S3 user guide, 2026-11-24). A host that
 * is none of the configured domains, an IP address among them, is addressed in path style. Website
 * endpoints, access points and dual-stack names are not host names of Coffer's.
 */
import { isIP } from 'node:net';
import { s3Limits } from '../base/limits.ts';
import { Refusal, assert } from '../base/refusal.ts';
import { rawPath } from '../base/request-target.ts';
import { type HttpRequest, header } from '../http/exchange.ts';
import { checkBucketName } from './bucket-name.ts';

export interface Target {
  /** The path as on the wire, query removed: what SigV4's canonical URI is made from. */
  readonly rawPath: string;
  readonly style: 'path' | 'virtual-hosted';
  readonly bucket: string | undefined;
  /** The object key; undefined when the path ends at the bucket. */
  readonly key: string | undefined;
}

export interface Addressing {
  /** Suffixes of virtual-hosted style, lower case, without a leading dot. */
  readonly domains: readonly string[];
}

const { keyBytesMax } = s3Limits;

/** What RFC 9112's origin-form may hold. Anything else has no agreed meaning, so none is guessed. */
const originForm = /^\/[\x21-\x22\x24-\x7e]*$/;

/**
 * The bucket and key of a request. Throws `InvalidURI` for a target that is no origin-form, for a
 * broken escape and for bytes that are not UTF-8; `InvalidBucketName`; `KeyTooLongError`.
 */
export function parseTarget(
  request: Pick<HttpRequest, 'target' | 'headers'>,
  addressing: Addressing,
): Target {
  const { target } = request;
  if (!originForm.test(target)) throw new Refusal('InvalidURI');
  const path = rawPath(target);
  const hosted =
    addressing.domains.length === 0
      ? undefined
      : hostedBucket(header(request.headers, 'host') ?? '', addressing.domains);
  if (hosted !== undefined) {
    checkBucketName(hosted);
    return { rawPath: path, style: 'virtual-hosted', bucket: hosted, key: keyFrom(path, 1) };
  }
  if (path === '/') return { rawPath: path, style: 'path', bucket: undefined, key: undefined };
  const slash = path.indexOf('/', 1);
  const bucket = decodeOnce(slash < 0 ? path.slice(1) : path.slice(1, slash));
  checkBucketName(bucket);
  const key = slash < 0 ? undefined : keyFrom(path, slash + 1);
  return { rawPath: path, style: 'path', bucket, key };
}

/** The bucket of a request that was routed to a bucket or an object. */
export function bucketOf({ bucket }: Target): string {
  assert(bucket !== undefined, 'a request without a bucket on a bucket’s route');
  return bucket;
}

/** Bucket and key of a request that was routed to an object. */
export function objectOf(target: Target): { readonly bucket: string; readonly key: string } {
  const { key } = target;
  assert(key !== undefined, 'a request without a key on an object’s route');
  return { bucket: bucketOf(target), key };
}

/** Throws `KeyTooLongError` for a key of more than 1,024 bytes (a form or a Delete names keys too). */
export function checkKey(key: string): void {
  // A UTF-16 unit is at most three bytes of UTF-8: most keys need no counting.
  if (key.length * 3 <= keyBytesMax) return;
  const size = Buffer.byteLength(key);
  if (size <= keyBytesMax) return;
  throw new Refusal('KeyTooLongError', {
    fields: { Size: String(size), MaxSizeAllowed: String(keyBytesMax) },
  });
}

/** Percent-decoding, once, of what must be UTF-8. Throws `InvalidURI`. */
function decodeOnce(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal('InvalidURI');
  }
}

function keyFrom(path: string, start: number): string | undefined {
  if (path.length === start) return undefined;
  const key = decodeOnce(path.slice(start));
  checkKey(key);
  return key;
}

function hostedBucket(host: string, domains: readonly string[]): string | undefined {
  const name = hostName(host);
  if (isIP(name) !== 0 || domains.includes(name)) return undefined;
  let domain = '';
  for (const candidate of domains) {
    if (candidate.length > domain.length && name.endsWith(`.${candidate}`)) domain = candidate;
  }
  return domain === '' ? undefined : name.slice(0, -domain.length - 1);
}

/** The host without its port, lower case; an IPv6 address without its brackets. */
function hostName(host: string): string {
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'));
  const colon = host.indexOf(':');
  return (colon < 0 ? host : host.slice(0, colon)).toLowerCase();
}
