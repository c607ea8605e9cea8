/**
 * ACL headers (S3-BEHAVIOURS 8; "Controlling ownership of objects", S3 user guide, 2026-11-24).
 * Coffer has no ACLs: what they would say beyond "the owner alone" is refused, never ignored.
 */
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { Bucket } from '../../store/buckets.ts';

/** A canned ACL, or `grants` where any `x-amz-grant-*` header is given. */
export type RequestedAcl = CannedAcl | 'grants';

export type CannedAcl = (typeof cannedAcls)[number];

const cannedAcls = [
  'private',
  'public-read',
  'public-read-write',
  'aws-exec-read',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
] as const;

export const grantHeaders = [
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
] as const;

/** The ACL a request asks for. Throws `InvalidArgument` for one that S3 does not have. */
export function requestedAcl(headers: Headers): RequestedAcl | undefined {
  const canned = header(headers, 'x-amz-acl');
  const granted = grantHeaders.some((name) => headers.has(name));
  if (canned === undefined) return granted ? 'grants' : undefined;
  if (granted) {
    throw new Refusal('InvalidRequest', {
      message: 'Specifying both Canned ACLs and Header Grants is not allowed',
    });
  }
  const known = cannedAcls.find((one) => one === canned);
  if (known !== undefined) return known;
  throw new Refusal('InvalidArgument', {
    fields: { ArgumentName: 'x-amz-acl', ArgumentValue: canned },
  });
}

/**
 * Throws unless an object may be written with this ACL into this bucket: with ACLs off only
 * `bucket-owner-full-control` (`AccessControlListNotSupported`), with ACLs on `private` too (the rest
 * `NotImplemented`).
 */
export function checkObjectAcl(
  acl: RequestedAcl | undefined,
  bucket: Pick<Bucket, 'ownership'>,
): void {
  if (acl === undefined || acl === 'bucket-owner-full-control') return;
  if (bucket.ownership === 'BucketOwnerEnforced') {
    throw new Refusal('AccessControlListNotSupported');
  }
  if (acl !== 'private') throw unbuiltAcl(acl);
}

/** Throws unless a bucket of this ownership may be made with this ACL. `private` is every bucket's. */
export function checkBucketAcl(
  acl: RequestedAcl | undefined,
  ownership: Bucket['ownership'],
): void {
  if (acl === undefined || acl === 'private') return;
  if (ownership === 'BucketOwnerEnforced') throw new Refusal('AccessControlListNotSupported');
  throw unbuiltAcl(acl);
}

function unbuiltAcl(acl: RequestedAcl): Refusal {
  const what = acl === 'grants' ? 'Grants by header are' : `The canned ACL ${acl} is`;
  return new Refusal('NotImplemented', { message: `${what} not implemented.` });
}
