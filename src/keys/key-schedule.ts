/**
 * The derived keys of one keyring (FORMAT.md §3), made once and remembered: after the first use of
 * a bucket, asking for its keys costs a look-up. Holds nothing that another process could change:
 * a keyring is immutable, and a bucket's secret is compared at each use.
 *
 * A version that was destroyed, or that this keyring does not know, is `Fault('damaged')`.
 */
import { lengthPrefixed, u32 } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import { unwrapBucketSecret } from '../crypto/bucket-secret.ts';
import { deriveKey } from '../crypto/hkdf.ts';
import type { SecretKey } from '../crypto/secret-key.ts';
import type { Keyring, LiveMasterKey } from './keyring.ts';

export type StoreKeyPurpose = 'row' | 'bucket-secret';

/** What seals inside one bucket under one master key version. */
export interface BucketKeys {
  /** Metadata rows. */
  readonly row: SecretKey;
  /** Data keys. */
  readonly wrap: SecretKey;
}

/** A bucket secret as the bucket's row holds it; `version` is the row's own. */
export interface WrappedBucketSecret {
  readonly version: number;
  readonly wrapped: Uint8Array;
}

/** Buckets whose keys are remembered. */
export const bucketsCachedMax = 1_024;

interface CachedBucket {
  wrapped: WrappedBucketSecret | undefined;
  readonly secret: SecretKey;
  readonly keys: Map<number, BucketKeys>;
  used: boolean;
}

export class KeySchedule {
  readonly storeId: Uint8Array;
  readonly generation: number;
  /** The version that seals anew. */
  readonly current: number;
  readonly #keyring: Keyring;
  readonly #storeKeys = new Map<number, Record<StoreKeyPurpose, SecretKey>>();
  /** By bucket id, in order of coming; one that was used meanwhile gets a second turn. */
  readonly #buckets = new Map<string, CachedBucket>();

  constructor(keyring: Keyring) {
    this.storeId = keyring.storeId;
    this.generation = keyring.generation;
    this.current = keyring.current;
    this.#keyring = keyring;
  }

  /** The 8 bytes that name a version in row headers. */
  keyId(version: number): Uint8Array {
    return this.#master(version).keyId;
  }

  /** The key of a purpose outside any bucket. */
  storeKey(version: number, purpose: StoreKeyPurpose): SecretKey {
    let keys = this.#storeKeys.get(version);
    if (keys === undefined) {
      const { key } = this.#master(version);
      const derive = (of: StoreKeyPurpose): SecretKey =>
        deriveKey(key, lengthPrefixed('coffer/1/store', of, u32(version), this.storeId));
      keys = { row: derive('row'), 'bucket-secret': derive('bucket-secret') };
      this.#storeKeys.set(version, keys);
    }
    return keys[purpose];
  }

  /** The secret of a bucket, unwrapped at its first use and whenever the row holds another wrap. */
  bucketSecret(bucketId: Uint8Array, wrapped: WrappedBucketSecret): SecretKey {
    const known = this.#recall(cacheKey(bucketId));
    if (known !== undefined && sameWrap(known.wrapped, wrapped)) return known.secret;
    const secret = unwrapBucketSecret(
      wrapped.wrapped,
      this.storeKey(wrapped.version, 'bucket-secret'),
      { storeId: this.storeId, bucketId },
    );
    const bucket = this.#bucket(bucketId, secret);
    bucket.wrapped = { version: wrapped.version, wrapped: Buffer.from(wrapped.wrapped) };
    return bucket.secret;
  }

  /** The keys of a bucket under a version: its current one to seal, its row's own to open. */
  bucketKeys(version: number, bucketId: Uint8Array, secret: SecretKey): BucketKeys {
    const bucket = this.#bucket(bucketId, secret);
    const known = bucket.keys.get(version);
    if (known !== undefined) return known;
    const { key } = this.#master(version);
    const derive = (purpose: keyof BucketKeys): SecretKey => {
      const fields = [purpose, u32(version), this.storeId, bucketId] as const;
      return deriveKey([key, secret], lengthPrefixed('coffer/1/bucket', ...fields));
    };
    const keys = { row: derive('row'), wrap: derive('wrap') };
    bucket.keys.set(version, keys);
    return keys;
  }

  /** Drops the keys of a bucket whose secret is gone. A request in flight keeps those that it has. */
  forgetBucket(bucketId: Uint8Array): void {
    this.#buckets.delete(cacheKey(bucketId));
  }

  #master(version: number): LiveMasterKey {
    const master = this.#keyring.versions.get(version);
    if (master === undefined) {
      const where = `keyring generation ${this.generation}`;
      throw new Fault('damaged', `master key version ${version} is not in ${where}`);
    }
    if (master.state === 'destroyed') {
      throw new Fault('damaged', `master key version ${version} was destroyed`);
    }
    return master;
  }

  #recall(id: string): CachedBucket | undefined {
    const known = this.#buckets.get(id);
    if (known !== undefined) known.used = true;
    return known;
  }

  #bucket(bucketId: Uint8Array, secret: SecretKey): CachedBucket {
    const id = cacheKey(bucketId);
    const known = this.#recall(id);
    if (known?.secret.equals(secret) === true) return known;
    const bucket: CachedBucket = { wrapped: undefined, secret, keys: new Map(), used: false };
    this.#buckets.delete(id);
    this.#buckets.set(id, bucket);
    if (this.#buckets.size > bucketsCachedMax) this.#forgetOne();
    return bucket;
  }

  #forgetOne(): void {
    // A map is in order of insertion, and what is put to its end is met again.
    for (const [oldest, bucket] of this.#buckets) {
      // Not destroyed, only forgotten: a request may still hold these keys.
      this.#buckets.delete(oldest);
      if (!bucket.used) return;
      bucket.used = false;
      this.#buckets.set(oldest, bucket);
    }
  }
}

function cacheKey(bucketId: Uint8Array): string {
  return Buffer.prototype.latin1Slice.call(bucketId, 0, bucketId.length);
}

function sameWrap(known: WrappedBucketSecret | undefined, wrapped: WrappedBucketSecret): boolean {
  return (
    known !== undefined &&
    known.version === wrapped.version &&
    Buffer.compare(known.wrapped, wrapped.wrapped) === 0
  );
}
