/**
 * The bucket secret: 32 random bytes that every key of one bucket is derived from, beside the
 * master key (FORMAT.md §3). Once it is destroyed the live store can no longer read the bucket.
 * It is stored only wrapped, in the bucket's row.
 */
import { lengthPrefixed } from '../base/bytes.ts';
import { wrappedKeyBytes } from './data-key.ts';
import { damaged } from './gcm.ts';
import { SecretKey, secretsOf } from './secret-key.ts';
import { xaesOpen, xaesSeal } from './xaes-gcm.ts';

/** What a wrapped bucket secret is bound to; both 16 bytes. */
export interface BucketSecretContext {
  readonly storeId: Uint8Array;
  readonly bucketId: Uint8Array;
}

/** A new secret for a new bucket. */
export function generateBucketSecret(): SecretKey {
  return SecretKey.generate();
}

/** Wraps it under the store key of purpose `bucket-secret`: 72 bytes. */
export function wrapBucketSecret(
  secret: SecretKey,
  storeKey: SecretKey,
  context: BucketSecretContext,
): Buffer {
  return xaesSeal(storeKey, wrapAad(context), secretsOf(secret).bytes);
}

/** The secret inside a wrap. Wrong key, bucket, store or bytes: `Fault('damaged')`. */
export function unwrapBucketSecret(
  wrapped: Uint8Array,
  storeKey: SecretKey,
  context: BucketSecretContext,
): SecretKey {
  if (wrapped.length !== wrappedKeyBytes) throw damaged();
  const bytes = xaesOpen(storeKey, wrapAad(context), wrapped);
  const secret = SecretKey.from(bytes);
  bytes.fill(0);
  return secret;
}

function wrapAad({ storeId, bucketId }: BucketSecretContext): Buffer {
  return lengthPrefixed('coffer/1/wrap-secret', storeId, bucketId);
}
