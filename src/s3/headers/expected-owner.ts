/**
 * `x-amz-expected-bucket-owner` and its twin for a copy's source ("Verifying bucket ownership with
 * bucket owner condition", S3 user guide, 2026-11-24): the request fails when the bucket belongs to
 * another account than the client believes.
 */
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';

/** Throws `AccessDenied` unless `account` (12 digits) owns the bucket as the client expects. */
export function checkExpectedOwner(headers: Headers, account: string): void {
  check(header(headers, 'x-amz-expected-bucket-owner'), account);
}

/** The same for the source of CopyObject and UploadPartCopy. */
export function checkExpectedSourceOwner(headers: Headers, account: string): void {
  check(header(headers, 'x-amz-source-expected-bucket-owner'), account);
}

function check(expected: string | undefined, account: string): void {
  if (expected === undefined || expected === account) return;
  if (!/^\d{12}$/.test(expected)) {
    throw new Refusal('InvalidArgument', {
      message: 'The value of the expected bucket owner parameter must be an AWS account ID.',
      fields: { ArgumentName: 'x-amz-expected-bucket-owner', ArgumentValue: expected },
    });
  }
  throw new Refusal('AccessDenied');
}
