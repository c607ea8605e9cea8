/** The (action, resource) pairs that operations ask for. */
import { type Permission, bucketArn, objectArn } from '../access/permission.ts';

/** `action` on a bucket. */
export function onBucket(action: string, bucket: string): Permission {
  return { action, resource: bucketArn(bucket), bucket };
}

/** `action` on an object. */
export function onObject(
  action: string,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): Permission {
  return { action, resource: objectArn(bucket, key), bucket };
}
