/** One object over S3: what it is, its versions, its tags. */
import { decodeWords } from '../text/encoded-word.ts';
import { listPage, type ListingPlace, type ObjectEntry } from './listing.ts';
import { S3Error, s3, s3ErrorOf, s3Response } from './s3.ts';
import { childOf, childrenOf, escapeXml, textOf } from './xml.ts';
import { xmlBody } from './xml-body.ts';

export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

export interface ObjectHead {
  /** The version asked for is a delete marker, and so without all the rest. */
  readonly deleteMarker: boolean;
  readonly size: number;
  readonly contentType: string;
  readonly lastModified: string;
  readonly etag: string;
  /** Null where the bucket never had versioning. */
  readonly versionId: string | null;
  /** As the write was promised: `AES256`, or null. */
  readonly encryption: string | null;
  readonly storageClass: string;
  readonly tags: number;
  /** Null where it was not uploaded in parts. */
  readonly parts: number | null;
  /** Content-Encoding, Cache-Control and the like, where they are set. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without `x-amz-meta-`. */
  readonly metadata: readonly (readonly [name: string, value: string])[];
  readonly checksums: readonly (readonly [algorithm: string, value: string])[];
  /** Of the whole object, or of its parts' checksums. */
  readonly checksumType: string | null;
}

const shownHeaders = [
  'Cache-Control',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Expires',
];

/** Throws `S3Error`, 404 for what is not there. */
export async function headObject(name: ObjectName, signal?: AbortSignal): Promise<ObjectHead> {
  const { bucket, key } = name;
  const response = await s3Response({
    method: 'HEAD',
    bucket,
    key,
    query: versionQuery(name),
    headers: { 'x-amz-checksum-mode': 'ENABLED' },
    ...(signal === undefined ? {} : { signal }),
  });
  const deleteMarker = response.headers.get('x-amz-delete-marker') === 'true';
  if (!response.ok && !(deleteMarker && response.status === 405)) {
    throw s3ErrorOf(response.status, undefined, response.headers);
  }
  return headOf(response.headers, deleteMarker);
}

function headOf(headers: Headers, deleteMarker: boolean): ObjectHead {
  const all = [...headers];
  const below = (start: string) =>
    all.flatMap(([name, value]) =>
      name.startsWith(start) ? [[name.slice(start.length), value] as const] : [],
    );
  const etag = headers.get('etag') ?? '';
  return {
    deleteMarker,
    size: Number(headers.get('content-length') ?? 0),
    contentType: headers.get('content-type') ?? '',
    lastModified: headers.get('last-modified') ?? '',
    etag,
    versionId: headers.get('x-amz-version-id'),
    encryption: headers.get('x-amz-server-side-encryption'),
    storageClass: headers.get('x-amz-storage-class') ?? 'STANDARD',
    tags: Number(headers.get('x-amz-tagging-count') ?? 0),
    parts: Number(/-(\d+)"?$/.exec(etag)?.[1] ?? 0) || null,
    headers: shownHeaders.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value] as const];
    }),
    metadata: below('x-amz-meta-').map(
      ([name, value]) => [name, decodeWords(fromLatin1(value))] as const,
    ),
    checksums: below('x-amz-checksum-')
      .filter(([name]) => name !== 'type')
      .map(([name, value]) => [name.toUpperCase(), value] as const),
    checksumType: headers.get('x-amz-checksum-type'),
  };
}

/** `fetch` gives a header's bytes one character each. */
function fromLatin1(value: string): string {
  const bytes = Uint8Array.from(value, (char) => char.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return value;
  }
}

/** Every version and delete marker of the key, newest first. */
export async function listVersions(
  bucket: string,
  key: string,
  signal?: AbortSignal,
): Promise<readonly ObjectEntry[]> {
  const found: ObjectEntry[] = [];
  let from: ListingPlace | undefined;
  do {
    // The key itself comes before all others that begin with it.
    const query = { bucket, prefix: key, delimiter: '', versions: true };
    const page = await listPage(query, from, signal);
    const own = page.entries.filter((entry) => entry.kind !== 'prefix' && entry.key === key);
    found.push(...(own as ObjectEntry[]));
    from = own.length === page.entries.length ? page.next : undefined;
  } while (from !== undefined);
  return found;
}

/** Puts a copy of an older version in front: it becomes what the key gives. */
export async function restoreVersion(
  { bucket, key, versionId = 'null' }: ObjectName,
  encryption: string | null,
): Promise<void> {
  const source = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  await s3({
    method: 'PUT',
    bucket,
    key,
    headers: {
      'x-amz-copy-source': `${source}?versionId=${encodeURIComponent(versionId)}`,
      // What was promised for it stays promised.
      ...(encryption === 'AES256' ? { 'x-amz-server-side-encryption': 'AES256' } : {}),
    },
  });
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export async function objectTags(name: ObjectName, signal?: AbortSignal): Promise<readonly Tag[]> {
  const { bucket, key } = name;
  const { xml } = await s3({
    method: 'GET',
    bucket,
    key,
    query: { tagging: '', ...versionQuery(name) },
    ...(signal === undefined ? {} : { signal }),
  });
  return childrenOf(childOf(xml, 'TagSet'), 'Tag').map((tag) => ({
    key: textOf(tag, 'Key') ?? '',
    value: textOf(tag, 'Value') ?? '',
  }));
}

export async function setObjectTags(name: ObjectName, tags: readonly Tag[]): Promise<void> {
  const { bucket, key } = name;
  const query = { tagging: '', ...versionQuery(name) };
  if (tags.length === 0) {
    await s3({ method: 'DELETE', bucket, key, query });
    return;
  }
  const set = tags.map(
    (tag) => `<Tag><Key>${escapeXml(tag.key)}</Key><Value>${escapeXml(tag.value)}</Value></Tag>`,
  );
  const body = xmlBody('Tagging', `<TagSet>${set.join('')}</TagSet>`);
  await s3({ method: 'PUT', bucket, key, query, ...body });
}

export function isNotThere(error: unknown): boolean {
  return error instanceof S3Error && error.status === 404;
}

function versionQuery({ versionId }: ObjectName): Readonly<Record<string, string>> {
  return versionId === undefined ? {} : { versionId };
}
