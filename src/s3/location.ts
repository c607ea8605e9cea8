/** The URL of an object, as replies tell it: path style on the public address. */

/** `settings.publicUrl` and the object's path, every character but `/` that needs it encoded. */
export function objectUrl(
  publicUrl: string,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): string {
  const path = key.split('/').map(encodeSegment).join('/');
  return `${publicUrl}/${bucket}/${path}`;
}

/** A client's URL parser would take `.` and `..` for folders. A lone surrogate cannot be encoded. */
function encodeSegment(segment: string): string {
  if (segment === '.' || segment === '..') return segment.replaceAll('.', '%2E');
  return encodeURIComponent(segment.toWellFormed());
}
