/** Pages of ListObjectsV2 and ListObjectVersions, as rows in the order of keys. */
import { compareKeys } from '../text/keys.ts';
import { s3 } from './s3.ts';
import { childOf, childrenOf, textOf, type XmlElement } from './xml.ts';

export type Entry = PrefixEntry | ObjectEntry;

export interface PrefixEntry {
  readonly kind: 'prefix';
  readonly key: string;
}

export interface ObjectEntry {
  readonly kind: 'object' | 'marker';
  readonly key: string;
  /** 0 of a delete marker. */
  readonly size: number;
  readonly lastModified: string;
  readonly etag: string;
  /** Where versions are listed. */
  readonly versionId?: string;
  readonly latest?: boolean;
}

export interface ListingQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** `/` to browse; empty for everything below. */
  readonly delimiter: string;
  readonly versions: boolean;
  readonly limit?: number;
}

export interface ListingPage {
  readonly entries: readonly Entry[];
  /** Where the next page begins; undefined: that was all. */
  readonly next: ListingPlace | undefined;
}

/** Query parameters. */
export type ListingPlace = Readonly<Record<string, string>>;

export async function listPage(
  query: ListingQuery,
  from: ListingPlace | undefined,
  signal?: AbortSignal,
): Promise<ListingPage> {
  const { xml } = await s3({
    method: 'GET',
    bucket: query.bucket,
    query: {
      ...(query.versions ? { versions: '' } : { 'list-type': '2' }),
      ...(query.prefix === '' ? {} : { prefix: query.prefix }),
      ...(query.delimiter === '' ? {} : { delimiter: query.delimiter }),
      'encoding-type': 'url',
      'max-keys': String(query.limit ?? 1000),
      ...from,
    },
    ...(signal === undefined ? {} : { signal }),
  });
  const objects = (xml?.children ?? []).flatMap(objectOf);
  const prefixes = childrenOf(xml, 'CommonPrefixes').map((item): PrefixEntry => ({
    kind: 'prefix',
    key: decoded(textOf(item, 'Prefix')),
  }));
  return { entries: merged(objects, prefixes), next: nextOf(xml, query.versions) };
}

/** Every entry below, page after page. */
export async function* listAll(
  query: ListingQuery,
  signal?: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  let from: ListingPlace | undefined;
  do {
    const page: ListingPage = await listPage(query, from, signal);
    yield page.entries;
    from = page.next;
  } while (from !== undefined);
}

/** Names a row among others of a listing. */
export function entryId(entry: Entry): string {
  return entry.kind === 'prefix' ? `/${entry.key}` : `${entry.versionId ?? ''} ${entry.key}`;
}

function nextOf(xml: XmlElement | undefined, versions: boolean): ListingPlace | undefined {
  if (textOf(xml, 'IsTruncated') !== 'true') return undefined;
  if (!versions) return { 'continuation-token': textOf(xml, 'NextContinuationToken') ?? '' };
  const versionId = textOf(xml, 'NextVersionIdMarker') ?? '';
  return {
    'key-marker': decoded(textOf(xml, 'NextKeyMarker')),
    ...(versionId === '' ? {} : { 'version-id-marker': versionId }),
  };
}

const kinds: Readonly<Record<string, ObjectEntry['kind']>> = {
  Contents: 'object',
  Version: 'object',
  DeleteMarker: 'marker',
};

function objectOf(item: XmlElement): readonly ObjectEntry[] {
  const kind = kinds[item.name];
  if (kind === undefined) return [];
  const versionId = textOf(item, 'VersionId');
  const entry: ObjectEntry = {
    kind,
    key: decoded(textOf(item, 'Key')),
    size: Number(textOf(item, 'Size') ?? 0),
    lastModified: textOf(item, 'LastModified') ?? '',
    etag: textOf(item, 'ETag') ?? '',
  };
  if (versionId === undefined) return [entry];
  return [{ ...entry, versionId, latest: childOf(item, 'IsLatest')?.text === 'true' }];
}

/** With `encoding-type=url`, so that keys which XML cannot carry come through. */
function decoded(text: string | undefined): string {
  return decodeURIComponent((text ?? '').replaceAll('+', '%20'));
}

/** Both come sorted; versions of a key stay newest first. */
function merged(
  objects: readonly ObjectEntry[],
  prefixes: readonly PrefixEntry[],
): readonly Entry[] {
  const entries: Entry[] = [];
  let next = 0;
  for (const object of objects) {
    for (;;) {
      const prefix = prefixes[next];
      if (prefix === undefined || compareKeys(prefix.key, object.key) > 0) break;
      entries.push(prefix);
      next += 1;
    }
    entries.push(object);
  }
  return [...entries, ...prefixes.slice(next)];
}
