/**
 * Who may touch a bucket's policy at all: identities of the account that owns it. Whatever the policy
 * grants to others, S3 answers them 405 (API references of Put-, Get- and DeleteBucketPolicy,
 * 2026-11-24): else a bucket could be handed over for good.
 */
import { Refusal } from '../base/refusal.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Call } from './operation.ts';

/** The bucket. Throws `MethodNotAllowed` unless the caller's account owns it. */
export async function ownBucket(call: Call, name: string): Promise<Bucket> {
  const bucket = await call.store.buckets.get(call.view, name);
  const { identity } = call;
  if (identity.kind !== 'anonymous' && identity.account.id === bucket.account) return bucket;
  throw new Refusal('MethodNotAllowed', {
    fields: { Method: call.http.method, ResourceType: 'BUCKETPOLICY' },
  });
}
