/** Multipart uploads over rows and sealed blobs. */
import type { StoreParts } from '../store-parts.ts';
import type { Uploads } from '../uploads.ts';
import { abortUpload } from './abort-upload.ts';
import { completeUpload } from './complete-upload.ts';
import { copyPart } from './copy-part.ts';
import { createUpload } from './create-upload.ts';
import { uploadHeaders, uploadInProgress } from './find-upload.ts';
import { listParts } from './list-parts.ts';
import { putPart } from './put-part.ts';

export function createUploads(parts: StoreParts): Uploads {
  return {
    create: (input) => createUpload(parts, input),
    get: uploadInProgress,
    createHeaders: uploadHeaders,
    putPart: (input) => putPart(parts, input),
    copyPart: (input) => copyPart(parts, input),
    complete: (input) => completeUpload(parts, input),
    abort: (name) => abortUpload(parts, name),
    listParts,
  };
}
