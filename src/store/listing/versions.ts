/**
 * ListObjectVersions: every version and delete marker, newest first within a key.
 *
 * A marker is a place, not a version: the listing goes on behind it even when that version is gone.
 * So the null version, whose name says nothing about its place, is named by its place in
 * `nextVersionIdMarker`; `null` is understood all the same.
 */
import { s3Limits } from '../../base/limits.ts';
import { headRow } from '../../rows/head-row.ts';
import { type KeyRange, behind, behindAll, encodeKey } from '../../rows/keyspace.ts';
import { type VersionKey, type VersionRow, versionRow } from '../../rows/version-row.ts';
import type { BucketView, OpenBucket, Row } from '../../rows/rows.ts';
import type { ListQuery, ListedVersion, Listing } from '../listing.ts';
import type { View } from '../store.ts';
import { encodeVersionId, parseVersionId } from '../version-id.ts';
import { bucketToList, headGround, startAfter, walkHeads } from './heads.ts';
import { listed } from './objects.ts';
import { Page } from './page.ts';
import { Walk, behindPrefix, isCommonPrefix } from './walk.ts';

export type VersionsQuery = ListQuery & {
  readonly keyMarker?: string;
  readonly versionIdMarker?: string;
};

export async function listVersions(
  view: View,
  query: VersionsQuery,
): ReturnType<Listing['versions']> {
  const bucket = await bucketToList(view, query.bucket);
  const place = { inside: view.in(bucket), bucket };
  const page = new Page<Listed>(query.limit);
  const marker = query.limit > 0 ? await markerOf(place, query) : undefined;
  if (query.limit > 0) {
    if (query.delimiter === '') await addAll(place, { query, marker, page });
    else await addGrouped(view, place, { query, marker, page });
  }
  const { entries, commonPrefixes, truncated, last } = page;
  const next = truncated ? last : undefined;
  return {
    versions: entries.map(({ version }) => version),
    commonPrefixes,
    truncated,
    nextKeyMarker: next && ('prefix' in next ? next.prefix : next.entry.version.key),
    nextVersionIdMarker: next && 'entry' in next ? encodeVersionId(next.entry) : undefined,
  };
}

interface Place {
  readonly inside: BucketView;
  readonly bucket: OpenBucket;
}

/** A version with its place in the key's history. */
interface Listed {
  readonly version: ListedVersion;
  readonly ordinal: number;
  readonly id: Uint8Array;
}

/** Where a page begins: inside `key`, behind its version of this ordinal. */
interface Marker {
  readonly key: string;
  readonly ordinal: number;
  /** The ordinal of the key's latest version, where there still is one. */
  readonly latest: number | undefined;
}

interface Filling {
  readonly query: VersionsQuery;
  readonly marker: Marker | undefined;
  readonly page: Page<Listed>;
}

/** Undefined where the page begins between two keys. */
async function markerOf({ inside }: Place, query: VersionsQuery): Promise<Marker | undefined> {
  const { keyMarker: key, versionIdMarker } = query;
  if (key === undefined || key === '' || versionIdMarker === undefined) return undefined;
  const named = parseVersionId(versionIdMarker);
  // No key is so long: the place is behind nothing of it.
  if (Buffer.byteLength(key) > s3Limits.keyBytesMax) return undefined;
  const head = await inside.get(headRow, key);
  const ordinal = named === 'null' ? head?.nulls : named.ordinal;
  return ordinal === undefined ? undefined : { key, ordinal, latest: head?.ordinal };
}

async function addAll(place: Place, { query, marker, page }: Filling): Promise<void> {
  const { prefix, delimiter } = query;
  const ground = { ...place, rowKind: versionRow, keyOf, prefix, delimiter };
  const walk = new Walk(ground, startOf(place, query, marker));
  let key = marker?.key;
  let latest = marker?.latest;
  while (!walk.ended && !page.truncated) {
    for (const found of await walk.next(page.wanted)) {
      if (found.kind === 'prefix') continue;
      if (found.key.key !== key) {
        key = found.key.key;
        latest = found.key.ordinal;
      }
      page.add(listedVersion(found, latest));
    }
  }
}

/** Keys and common prefixes are the heads'; each key that stands for itself is then listed whole. */
async function addGrouped(
  view: View,
  place: Place,
  { query, marker, page }: Filling,
): Promise<void> {
  const ground = headGround(view, place.bucket, query);
  const start =
    marker === undefined
      ? startAfter(ground, query.keyMarker)
      : headRow.encodeKey(place.bucket.row.id, marker.key);
  const walk = walkHeads(ground, start);
  while (!walk.ended && !page.truncated) {
    for (const found of await walk.next(page.wanted)) {
      if (page.truncated) break;
      if (found.kind === 'row') {
        const after = marker?.key === found.key ? marker.ordinal : undefined;
        await addKey(place, { key: found.key, latest: found.value.ordinal, after }, page);
      } else if (
        marker === undefined ||
        !marker.key.startsWith(found.prefix) ||
        (await goesOn(place, marker, found.prefix))
      ) {
        page.addPrefix(found.prefix);
      }
    }
  }
}

/** The versions of one key, behind the ordinal `after` where one is given. */
async function addKey(
  { inside, bucket }: Place,
  { key, latest, after }: { key: string; latest: number; after: number | undefined },
  page: Page<Listed>,
): Promise<void> {
  const range = rangeOfKey(bucket, key, after);
  let { start } = range;
  for (;;) {
    const limit = page.wanted;
    const rows = await inside.range(versionRow, { start, end: range.end, limit });
    for (const row of rows) page.add(listedVersion(row, latest));
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit || page.truncated) return;
    start = behind(versionRow.encodeKey(bucket.row.id, last.key));
  }
}

/** Whether anything behind the marker begins with this prefix, which its own key does. */
async function goesOn({ inside, bucket }: Place, marker: Marker, prefix: string): Promise<boolean> {
  const { start } = rangeOfKey(bucket, marker.key, marker.ordinal);
  const end = behindPrefix({ rowKind: versionRow, bucket }, prefix);
  return (await inside.range(versionRow, { start, end, limit: 1 })).length > 0;
}

function startOf(
  { bucket }: Place,
  query: VersionsQuery,
  marker: Marker | undefined,
): Uint8Array | undefined {
  if (marker !== undefined) return rangeOfKey(bucket, marker.key, marker.ordinal).start;
  const { keyMarker } = query;
  if (keyMarker === undefined || keyMarker === '') return undefined;
  if (isCommonPrefix(keyMarker, query))
    return behindPrefix({ rowKind: versionRow, bucket }, keyMarker);
  return rangeOfKey(bucket, keyMarker).end;
}

/** All versions of a key, or those older than the ordinal `after`. */
function rangeOfKey(bucket: OpenBucket, key: string, after?: number): KeyRange {
  const front = encodeKey(versionRow.code, bucket.row.id, key);
  const end = behindAll(front);
  if (after === undefined) return { start: front, end };
  return { start: behind(versionRow.encodeKey(bucket.row.id, { key, ordinal: after })), end };
}

function keyOf({ key }: VersionKey): string {
  return key;
}

function listedVersion(
  { key: { key, ordinal }, value }: Row<VersionKey, VersionRow>,
  latest: number | undefined,
): Listed {
  const { id, checksum } = value;
  const facts = { ...value, checksumAlgorithm: checksum?.algorithm, checksumType: checksum?.type };
  const version = {
    ...listed(key, facts),
    versionId: value.null ? 'null' : encodeVersionId({ ordinal, id }),
    latest: ordinal === latest,
    deleteMarker: value.marker,
  };
  return { version, ordinal, id };
}
