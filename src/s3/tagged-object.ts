/** What the operations on an object's tags have in common. */
import type { S3Request } from './operation.ts';
import { objectOf } from './target.ts';
import { requestedVersion } from './version-id.ts';

export interface TaggedObject {
  readonly bucket: string;
  readonly key: string;
  /** Absent for the current version. */
  readonly versionId?: string;
}

/** The object, or the version of it, whose tags a request is about. */
export function taggedObject({ target, query }: S3Request): TaggedObject {
  const versionId = requestedVersion(query);
  return versionId === undefined ? objectOf(target) : { ...objectOf(target), versionId };
}

/** The version that was read or changed; none in a bucket that never had versioning. */
export function versionHeaders(versionId: string | undefined): Readonly<Record<string, string>> {
  return versionId === undefined ? {} : { 'x-amz-version-id': versionId };
}
