/** AbortMultipartUpload. */
import type { StoreParts } from '../store-parts.ts';
import type { UploadName } from '../uploads.ts';
import { discardUpload } from './discard-upload.ts';
import { noSuchUpload, uploadKeyOf } from './find-upload.ts';

export async function abortUpload(parts: StoreParts, name: UploadName): Promise<void> {
  const key = uploadKeyOf(name);
  if (key === undefined || !(await discardUpload(parts, name.bucket, key))) {
    throw noSuchUpload(name);
  }
}
