/** The upload that a request on an object names, and the fact its decision needs (S3-BEHAVIOURS 7). */
import type { UploadName } from '../store/uploads.ts';
import type { Fact, S3Request } from './operation.ts';
import { objectOf } from './target.ts';
import { refuseVersion } from './version-id.ts';

/** Bucket, key and `uploadId`, which the route demands. */
export function requestedUpload({ target, query }: S3Request): UploadName {
  refuseVersion(query);
  return { ...objectOf(target), uploadId: query.get('uploadId') ?? '' };
}

/** Parts and their completion are judged with the headers that their upload was created with. */
export function uploadFact({ bucket, key, uploadId }: UploadName): Fact {
  return { kind: 'upload', bucket, key, uploadId };
}
