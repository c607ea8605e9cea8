/** Object keys: their places in addresses, their parts for people. */

/** The page of a prefix in a bucket. */
export function prefixAddress(bucket: string, prefix = '', versions = false): string {
  const query = new URLSearchParams();
  if (prefix !== '') query.set('prefix', prefix);
  if (versions) query.set('versions', 'on');
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  return `/buckets/${encodeURIComponent(bucket)}${search}`;
}

/** The page of an object, or of one of its versions. */
export function objectAddress(bucket: string, key: string, versionId?: string): string {
  const query = new URLSearchParams({ key });
  if (versionId !== undefined) query.set('versionId', versionId);
  return `/buckets/${encodeURIComponent(bucket)}/object?${query.toString()}`;
}

export function s3Uri(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`;
}

/** The prefix that a key stands under, `a/b/` of `a/b/c` and of `a/b/c/`. */
export function parentPrefix(key: string): string {
  return key.slice(0, key.slice(0, -1).lastIndexOf('/') + 1);
}

/** The last part of a key, its slash with it: `c` of `a/b/c`, `c/` of `a/b/c/`. */
export function lastPart(key: string): string {
  return key.slice(parentPrefix(key).length);
}

export interface PrefixStep {
  readonly name: string;
  readonly prefix: string;
}

/** Every prefix on the way down: `a/b/c` goes through `a/` and `a/b/`, and ends at itself. */
export function stepsOf(prefix: string): readonly PrefixStep[] {
  const steps: PrefixStep[] = [];
  let start = 0;
  while (start < prefix.length) {
    const slash = prefix.indexOf('/', start);
    const end = slash === -1 ? prefix.length : slash + 1;
    steps.push({ name: prefix.slice(start, end), prefix: prefix.slice(0, end) });
    start = end;
  }
  return steps;
}

/** As S3 sorts: by the bytes of UTF-8, which is by code points. */
export function compareKeys(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const a = one.charCodeAt(at);
    const b = other.charCodeAt(at);
    // Surrogates stand for what comes after all that one unit can say.
    if (a !== b) return rank(a) - rank(b);
  }
  return one.length - other.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * Whether no browser can ask for the key by its address: `.` and `..` between slashes are resolved
 * before anything is sent, however they are encoded (URL standard).
 */
export function isBeyondBrowsers(key: string): boolean {
  return /(^|\/)\.{1,2}(\/|$)/.test(key);
}
