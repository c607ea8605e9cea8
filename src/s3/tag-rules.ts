/**
 * What tags S3 takes ("Categorizing objects using tags" and "Using cost allocation S3 bucket tags",
 * S3 user guide, 2026-11-24): lengths in UTF-16 units, the characters of AWS's tag grammar, no key
 * twice, no key of AWS's own.
 */
import { s3Limits } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tags } from '../store/buckets.ts';

const { objectTagsMax, bucketTagsMax, tagKeyCharsMax, tagValueCharsMax } = s3Limits;

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Throws `InvalidTag` or `BadRequest`, with AWS's text, unless S3 takes these tags on an object or a bucket. */
export function checkTags(tags: Tags, kind: 'object' | 'bucket'): void {
  const max = kind === 'object' ? objectTagsMax : bucketTagsMax;
  if (tags.length > max) {
    const what = kind === 'object' ? 'Object' : 'Bucket';
    // The one fault of tags whose code is not InvalidTag.
    throw new Refusal('BadRequest', { message: `${what} tags cannot be greater than ${max}` });
  }
  const seen = new Set<string>();
  for (const [key, value] of tags) {
    if (key === '' || key.length > tagKeyCharsMax || !allowed.test(key)) {
      throw invalid('The TagKey you have provided is invalid', { TagKey: key });
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw invalid('System tags cannot be added/updated by requester', { TagKey: key });
    }
    if (value.length > tagValueCharsMax || !allowed.test(value)) {
      throw invalid('The TagValue you have provided is invalid', { TagKey: key, TagValue: value });
    }
    if (seen.has(key)) {
      throw invalid('Cannot provide multiple Tags with the same key', { TagKey: key });
    }
    seen.add(key);
  }
}

function invalid(message: string, fields: Readonly<Record<string, string>>): Refusal {
  return new Refusal('InvalidTag', { message, fields });
}
