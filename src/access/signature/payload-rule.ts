/**
 * What `x-amz-content-sha256` says of the body ("Signature Calculations for the Authorization
 * Header" and "... Including Trailing Headers", S3 API reference, 2026-11-24). `s3/` reads the body
 * by this rule and no other. SigV4A's rules (ECDSA) are refused.
 */
import { Refusal } from '../../base/refusal.ts';

export type PayloadRule =
  /** The whole body has this SHA-256, 64 lower-case hexadecimal digits. */
  | { readonly rule: 'sha256'; readonly hash: string }
  /** The body is as it comes. */
  | { readonly rule: 'unsigned' }
  /** aws-chunked, every chunk signed. */
  | { readonly rule: 'streaming-signed' }
  /** aws-chunked, every chunk and the trailer signed. */
  | { readonly rule: 'streaming-signed-trailer' }
  /** aws-chunked with a trailer, nothing signed. */
  | { readonly rule: 'streaming-unsigned-trailer' };

/** Reads the value. Chunk signatures need a signed request: without one their rules are refused. */
export function parsePayloadRule(value: string, signed: boolean): PayloadRule {
  const rule = named.get(value) ?? hashRule(value);
  if (signed || rule.rule === 'unsigned' || rule.rule === 'streaming-unsigned-trailer') return rule;
  if (rule.rule === 'sha256') return rule;
  throw new Refusal('AccessDenied', {
    message: `A request that is not signed cannot have the payload ${value}.`,
  });
}

/** What presigned requests and forms have when they say nothing. */
export const unsignedPayload: PayloadRule = { rule: 'unsigned' };

export const unsignedPayloadName = 'UNSIGNED-PAYLOAD';

const named: ReadonlyMap<string, PayloadRule> = new Map<string, PayloadRule>([
  [unsignedPayloadName, unsignedPayload],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { rule: 'streaming-unsigned-trailer' }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { rule: 'streaming-signed' }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { rule: 'streaming-signed-trailer' }],
]);

const hexDigest = /^[0-9a-fA-F]{64}$/;

function hashRule(value: string): PayloadRule {
  if (hexDigest.test(value)) return { rule: 'sha256', hash: value.toLowerCase() };
  throw new Refusal('InvalidArgument', {
    message: `x-amz-content-sha256 must be ${[...named.keys()].join(', ')} or a valid sha256 value.`,
    fields: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: value },
  });
}
