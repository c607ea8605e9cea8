/** Tags of a version. Changing them touches neither bytes, ETag nor Last-Modified. */
import { versionRow } from '../../rows/version-row.ts';
import type { Tags } from '../buckets.ts';
import { openBucket } from '../buckets/create-buckets.ts';
import { ownerOf } from '../history.ts';
import type { Objects, ReadInput } from '../objects.ts';
import type { StoreParts } from '../store-parts.ts';
import type { View } from '../store.ts';
import { findObject, findVersion } from './find-version.ts';

export async function objectTags(view: View, input: ReadInput): ReturnType<Objects['tags']> {
  const bucket = await openBucket(view, input.bucket);
  const { row, versionId } = await findObject(view.in(bucket), bucket, input);
  return { tags: row.tags ?? [], versionId };
}

/** The tags that a policy sees: none where there is nothing to have any. */
export async function existingTags(view: View, input: ReadInput): Promise<Tags> {
  const bucket = await view.bucket(input.bucket);
  if (bucket === undefined) return [];
  const found = await findVersion(view.in(bucket), bucket, input);
  return found?.row.tags ?? [];
}

export function setObjectTags(
  { rows }: StoreParts,
  input: Parameters<Objects['setTags']>[0],
): ReturnType<Objects['setTags']> {
  return rows.transact(async (transaction) => {
    const bucket = await openBucket(transaction, input.bucket);
    const inside = transaction.in(bucket);
    const { ordinal, row, versionId } = await findObject(inside, bucket, input);
    // A row and the wrap in it have one version: what is sealed anew is wrapped anew.
    const place = { purpose: 'version', ...ownerOf(input.key, row) } as const;
    const dataKey = inside.wrapDataKey(place, inside.openDataKey(place, row.dataKey));
    const tags = input.tags.length > 0 ? input.tags : undefined;
    inside.put(versionRow, { key: input.key, ordinal }, { ...row, dataKey, tags });
    return { versionId };
  });
}
