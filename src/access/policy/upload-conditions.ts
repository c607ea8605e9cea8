/**
 * What a policy sees on UploadPart, UploadPartCopy and CompleteMultipartUpload: these are
 * s3:PutObject, and are judged with the headers that their upload was created with, because they
 * carry none themselves (S3 User Guide, "Multipart upload and permissions", checked 2026-11-24).
 */
import type { ConditionContext } from '../permission.ts';
import { headerCondition, headerKeys } from './condition-context.ts';
import { LazyConditions } from './lazy-conditions.ts';
import { requestTagConditions } from './tag-conditions.ts';

/**
 * The request's keys, with those that are headers of the upload taken from `created` alone: a header
 * sent with a part says nothing about the object. Its keys are lower-case header names.
 */
export function uploadConditions(
  request: ConditionContext,
  created: ReadonlyMap<string, readonly string[]>,
): ConditionContext {
  const tags = requestTagConditions([
    ...new URLSearchParams(created.get('x-amz-tagging')?.join(',') ?? ''),
  ]);
  const read = (key: string): readonly string[] | undefined => {
    if (key.startsWith('s3:requestobjecttag')) return tags.get(key);
    if (!ofUpload.has(key)) return request.get(key);
    const value = headerCondition(key, created);
    return value === undefined ? undefined : [value];
  };
  return new LazyConditions(read, () => [...request.keys(), ...ofUpload, ...tags.keys()]);
}

/** Each request of an upload has these of its own. */
const ofRequest = new Set([
  's3:if-match',
  's3:if-none-match',
  's3:x-amz-content-sha256',
  's3:x-amz-copy-source',
]);

const ofUpload = new Set([...headerKeys()].filter((key) => !ofRequest.has(key)));
