/** What DeleteObject and each item of DeleteObjects have in common (S3 API reference, 2026-11-24). */
import type { Permission } from '../access/permission.ts';
import type { ReadInput } from '../store/objects.ts';
import { onObject } from './pairs.ts';
import { comparesEtag } from './write-object.ts';

/** One object, or one version of it, to delete. */
export interface Deletion extends ReadInput {
  /** Only if the current version has this ETag. */
  readonly ifMatch?: string;
}

/** A deletion without members that say nothing. */
export function deletion(
  object: { readonly bucket: string; readonly key: string },
  versionId: string | undefined,
  ifMatch: string | undefined,
): Deletion {
  const { bucket, key } = object;
  const named = versionId === undefined ? { bucket, key } : { bucket, key, versionId };
  return ifMatch === undefined ? named : { ...named, ifMatch };
}

/** The pairs of a deletion; `context`: condition keys of this item alone. */
export function deletePermissions(
  input: Deletion,
  context?: Permission['context'],
): readonly Permission[] {
  const action = input.versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  const pairs = [onObject(action, input)];
  // "How to perform conditional deletes": an ETag is compared only for who may read it.
  if (comparesEtag(input.ifMatch)) pairs.push(onObject('s3:GetObject', input));
  return context === undefined ? pairs : pairs.map((pair) => ({ ...pair, context }));
}
