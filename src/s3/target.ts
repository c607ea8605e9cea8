/**
 * What a request is aimed at, from its raw path and Host header. The key is decoded exactly once
 * and never normalised: `//`, `.`, `..`, `+` and `=` are part of it (S3-BEHAVIOURS 15).
 */
import type { HttpRequest } from '../http/exchange.ts';

export interface Target {
  /** The path as on the wire, query removed: what SigV4's canonical URI is made from. */
  readonly rawPath: string;
  readonly style: 'path' | 'virtual-hosted';
  readonly bucket: string | undefined;
  /** The object key; undefined when the path ends at the bucket. */
  readonly key: string | undefined;
}
