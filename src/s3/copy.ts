/**
 * What CopyObject and UploadPartCopy have in common: the source, who may read it, and what may be
 * copied (S3 API reference of both, 2026-11-24; S3-BEHAVIOURS 13).
 */
import type { Permission } from '../access/permission.ts';
import { Refusal } from '../base/refusal.ts';
import type { ReadInput } from '../store/objects.ts';
import { copySource } from './headers/copy-source.ts';
import {
  type Conditioned,
  type ReadConditions,
  checkCopyConditions,
  copySourceConditions,
} from './headers/conditions.ts';
import type { Call, S3Request } from './operation.ts';
import { onBucket, onObject } from './pairs.ts';
import { refuseVersion } from './version-id.ts';

/** Where a copy comes from, and on what conditions. */
export interface CopyRequest {
  readonly source: ReadInput;
  readonly conditions: ReadConditions | undefined;
}

/** Reads the source. */
export function copyRequest({ headers, query }: S3Request): CopyRequest {
  refuseVersion(query);
  return { source: copySource(headers), conditions: copySourceConditions(headers) };
}

/** `action` on the source; of a named version, with that version as its condition key. */
export function onSource(action: 'Object' | 'ObjectTagging', source: ReadInput): Permission {
  const { versionId } = source;
  if (versionId === undefined) return onObject(`s3:Get${action}`, source);
  return {
    ...onObject(`s3:Get${action.replace('Object', 'ObjectVersion')}`, source),
    context: new Map([['s3:versionid', [versionId]]]),
  };
}

/**
 * Makes a copy with `make`, which must let what it is handed check the source's version. The refusals
 * of the source are told as S3 tells them: a delete marker is no source, and whether a source exists
 * is told only to those who may list its bucket. Those of the target are told as they are.
 */
export function copied<T>(
  call: Call,
  { source, conditions }: CopyRequest,
  make: (check: (version: Conditioned) => void) => Promise<T>,
): Promise<T> {
  let found = false;
  const copy = make((version) => {
    found = true;
    checkCopyConditions(conditions, version);
  });
  return copy.then(undefined, async (error: unknown) => {
    if (!(error instanceof Refusal) || found) throw error;
    if (error.code === 'MethodNotAllowed') {
      throw new Refusal('InvalidRequest', {
        message:
          'The source of a copy request may not specifically refer to a delete marker by version id.',
      });
    }
    if (error.code === 'NoSuchKey') {
      if (!(await call.allowed(onBucket('s3:ListBucket', source.bucket)))) {
        throw new Refusal('AccessDenied');
      }
      // The marker is the source's; its headers would speak of the target.
      throw new Refusal('NoSuchKey', { fields: { Key: source.key } });
    }
    throw error;
  });
}
