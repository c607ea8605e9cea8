/**
 * Bucket names, after "General purpose bucket naming rules" (S3 user guide, 2026-11-24).
 *
 * A new name keeps today's rules. A name that is only looked up keeps the rules of before 2018
 * (3 to 255 of letters, digits, `.`, `-`, `_`): AWS answers NoSuchBucket for those and
 * InvalidBucketName for the rest.
 */
import { isIPv4 } from 'node:net';
import { Refusal } from '../base/refusal.ts';

const lookedUp = /^[A-Za-z0-9._-]{3,255}$/;
const created = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const reservedPrefixes = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedSuffixes = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3', '-an'];

/** Throws `InvalidBucketName` unless a bucket of this name could exist. */
export function checkBucketName(name: string): void {
  if (!lookedUp.test(name)) throw invalid(name);
}

/** Throws `InvalidBucketName` unless a bucket of this name may be made. */
export function checkNewBucketName(name: string): void {
  const fits =
    created.test(name) &&
    !name.includes('..') &&
    !isIPv4(name) &&
    !reservedPrefixes.some((prefix) => name.startsWith(prefix)) &&
    !reservedSuffixes.some((suffix) => name.endsWith(suffix));
  if (!fits) throw invalid(name);
}

function invalid(name: string): Refusal {
  return new Refusal('InvalidBucketName', { fields: { BucketName: name } });
}
