/** What an operation asks to be allowed, in the words of AWS's service authorization reference. */

/** One (action, resource) pair. An operation may need several: all must be allowed. */
export interface Permission {
  /** `s3:PutObject`, `coffer:RotateKeys` ... exactly as AWS (or the admin API) names it. */
  readonly action: string;
  /** An ARN: `arn:aws:s3:::bucket`, `arn:aws:s3:::bucket/key`, or `*` where there is no resource. */
  readonly resource: string;
  /** The bucket whose policy and owner decide; undefined for account-level actions. */
  readonly bucket?: string;
  /** Condition keys that hold for this pair only (a copy's source has its own); they win. */
  readonly context?: ConditionContext;
}

/**
 * Condition key (lower case, prefix included: `s3:x-amz-server-side-encryption`) → its values. A
 * key that is not in the map is absent; an empty list is a present key without values.
 */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
export const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;
