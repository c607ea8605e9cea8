/** Buckets and their configuration. */
import type { View } from './store.ts';

export type BucketMode = 'modern' | 'classic';
export type Versioning = 'off' | 'enabled' | 'suspended';
export type Ownership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';
export type Tags = readonly (readonly [key: string, value: string])[];

export interface BucketEncryption {
  readonly algorithm: 'AES256';
  /** Stored and returned; has no meaning for AES256. */
  readonly bucketKey: boolean;
}

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** A bucket as it stands. */
export interface Bucket {
  readonly name: string;
  /** 16 bytes, unique for ever: a name given again is another bucket. */
  readonly id: Uint8Array;
  /** Account id of the owner. */
  readonly account: string;
  readonly createdAt: Date;
  readonly region: string;
  readonly mode: BucketMode;
  readonly versioning: Versioning;
  /** The default encryption; undefined only in a classic bucket that has none. */
  readonly encryption: BucketEncryption | undefined;
  readonly publicAccessBlock: PublicAccessBlock | undefined;
  readonly ownership: Ownership | undefined;
}

export interface BucketPage {
  readonly buckets: readonly {
    readonly name: string;
    readonly createdAt: Date;
    readonly region: string;
  }[];
  /** Pass back as `after` to go on; undefined at the end. */
  readonly next: string | undefined;
}

/** A change to the settings that live in the bucket itself; absent members stay, null removes. */
export interface BucketChange {
  readonly versioning?: 'enabled' | 'suspended';
  readonly encryption?: BucketEncryption | null;
  readonly publicAccessBlock?: PublicAccessBlock | null;
  readonly ownership?: Ownership | null;
}

export interface NewPolicy {
  readonly text: string;
  /** Who the users are whom the text names by ARN: unique ids by ARN. Undefined where it names none. */
  readonly users?: Readonly<Record<string, string>> | undefined;
  readonly isPublic: boolean;
}

export interface Buckets {
  /**
   * Creates a bucket owned by `account`. Another account's name: `BucketAlreadyExists`; one's own:
   * `BucketAlreadyOwnedByYou` (the dialect makes it a 200 where AWS does). Modern buckets start with
   * AES256, all of public access blocked and BucketOwnerEnforced; classic ones with none of them.
   */
  create(input: {
    readonly name: string;
    readonly account: string;
    readonly region: string;
    readonly mode: BucketMode;
    readonly ownership?: Ownership;
    readonly tags?: Tags;
  }): Promise<Bucket>;
  /** The bucket, or undefined. A bucket that the directory names but has no row is `Fault('damaged')`. */
  find(view: View, name: string): Promise<Bucket | undefined>;
  /** The bucket, or `Refusal('NoSuchBucket')`. */
  get(view: View, name: string): Promise<Bucket>;
  /** Buckets of `account` in UTF-8 order, names beginning with `prefix`, strictly after `after`. */
  list(
    view: View,
    query: {
      readonly account: string;
      readonly prefix?: string;
      readonly after?: string;
      readonly limit: number;
    },
  ): Promise<BucketPage>;
  /** Removes an empty bucket and with it its secret; uploads in progress in it are aborted. `BucketNotEmpty` if any version remains at commit. */
  delete(name: string): Promise<void>;
  change(name: string, change: BucketChange): Promise<void>;
  /** The stored policy text, byte for byte; undefined where none is set. */
  policy(view: View, name: string): Promise<string | undefined>;
  /**
   * Sets (or, undefined, removes) the policy. The text has been validated by the caller, who says
   * whether it is public: `AccessDenied` where the bucket blocks public policies.
   */
  setPolicy(name: string, policy: NewPolicy | undefined): Promise<void>;
  tags(view: View, name: string): Promise<Tags | undefined>;
  setTags(name: string, tags: Tags | undefined): Promise<void>;
}
