/**
 * Entity tags (RFC 9110 §8.8.3). S3's are strong; clients send them with quotes and without, so both
 * are read. Inside Coffer an ETag has no quotes.
 */

/** An ETag as headers and XML carry it. */
export const quoteEtag = (etag: string): string => `"${etag}"`;

/** One ETag without its quotes. A weak one keeps its `W/`, and so equals no ETag of ours. */
export function unquoteEtag(text: string): string {
  const value = text.trim();
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1)
    : value;
}

/** What If-Match and If-None-Match carry: any ETag, or a list of them. */
export type EtagList = '*' | readonly string[];

export function parseEtagList(text: string): EtagList {
  const value = text.trim();
  if (value === '*') return '*';
  return value.split(',').map(unquoteEtag);
}

/** Strong comparison (If-Match): a weak tag matches nothing. */
export function matchesStrongly(list: EtagList, etag: string): boolean {
  return list === '*' || list.includes(etag);
}

/** Weak comparison (If-None-Match): `W/"x"` matches `"x"`. */
export function matchesWeakly(list: EtagList, etag: string): boolean {
  if (list === '*') return true;
  return list.some((one) => (one.startsWith('W/') ? unquoteEtag(one.slice(2)) : one) === etag);
}
