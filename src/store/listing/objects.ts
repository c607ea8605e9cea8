/** ListObjects and ListObjectsV2: keys whose latest version is no delete marker. */
import type { HeadRow } from '../../rows/head-row.ts';
import type { ListQuery, ListedObject, ObjectPage } from '../listing.ts';
import type { View } from '../store.ts';
import { bucketToList, hasObject, headGround, startAfter, walkHeads } from './heads.ts';
import { Page } from './page.ts';

export async function listObjects(
  view: View,
  query: ListQuery & { readonly after?: string },
): Promise<ObjectPage> {
  const bucket = await bucketToList(view, query.bucket);
  const page = new Page<ListedObject>(query.limit);
  if (query.limit > 0) {
    const ground = headGround(view, bucket, query);
    const walk = walkHeads(ground, startAfter(ground, query.after));
    const mayHaveMarkers = bucket.row.versioning !== 'off';
    while (!walk.ended && !page.truncated) {
      for (const found of await walk.next(page.wanted)) {
        if (found.kind === 'row') {
          if (!found.value.marker) page.add(listed(found.key, found.value));
        } else if (!mayHaveMarkers || (await hasObject(ground, found.prefix, walk.first))) {
          page.addPrefix(found.prefix);
        }
      }
    }
  }
  const { entries: objects, commonPrefixes, truncated, last } = page;
  return { objects, commonPrefixes, truncated, last: last && nameOf(last) };
}

function nameOf(last: { readonly prefix: string } | { readonly entry: ListedObject }): string {
  return 'prefix' in last ? last.prefix : last.entry.key;
}

/** What a listing shows of a head or version row. */
export function listed(
  key: string,
  row: Pick<HeadRow, 'size' | 'etag' | 'modified' | 'checksumAlgorithm' | 'checksumType'>,
): ListedObject {
  const { size, etag, modified, checksumAlgorithm: algorithm, checksumType: type } = row;
  const checksum = algorithm === undefined || type === undefined ? undefined : { algorithm, type };
  return { key, size, etag, modified, checksum };
}
