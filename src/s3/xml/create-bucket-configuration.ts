/**
 * `CreateBucketConfiguration` (S3 API reference of CreateBucket, 2026-11-24). Directory buckets
 * (`Location`, `Bucket`) are refused by name.
 */
import { Refusal } from '../../base/refusal.ts';
import type { Tags } from '../../store/buckets.ts';
import { checkTags } from '../tag-rules.ts';
import { readXml } from './read.ts';
import { leaf, members, named } from './shape.ts';
import { tagsIn } from './tagging.ts';

export interface CreateBucketConfiguration {
  /** The region asked for; undefined where the document does not say. */
  readonly locationConstraint: string | undefined;
  readonly tags: Tags | undefined;
}

/** The document, which may be empty. Throws `MalformedXML`, `InvalidTag` or `NotImplemented`. */
export function readCreateBucketConfiguration(bytes: Uint8Array): CreateBucketConfiguration {
  if (bytes.length === 0) return { locationConstraint: undefined, tags: undefined };
  const root = named(readXml(bytes), 'CreateBucketConfiguration');
  const parts = members(root, ['LocationConstraint', 'Location', 'Bucket', 'Tags']);
  if (parts.one('Location') !== undefined || parts.one('Bucket') !== undefined) {
    throw new Refusal('NotImplemented', { message: 'Directory buckets are not implemented.' });
  }
  const constraint = parts.one('LocationConstraint');
  const set = parts.one('Tags');
  const tags = set === undefined ? undefined : tagsIn(set);
  if (tags !== undefined) checkTags(tags, 'bucket');
  return {
    locationConstraint: constraint === undefined ? undefined : leaf(constraint).trim() || undefined,
    tags,
  };
}
