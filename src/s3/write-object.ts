/**
 * What every operation that makes an object has in common: what the request says of it, the pairs it
 * needs, and the headers that tell of what was written ("PutObject", S3 API reference, 2026-11-24).
 */
import type { Permission } from '../access/permission.ts';
import type { ObjectFacts, WriteConditions, Written } from '../store/objects.ts';
import { storedContentEncoding } from './content-encoding.ts';
import { type RequestedAcl, checkObjectAcl, requestedAcl } from './headers/acl.ts';
import { checksumHeaders } from './headers/checksum.ts';
import { quoteEtag } from './headers/etag.ts';
import { requestedFacts } from './headers/metadata.ts';
import { requestedSse, sseHeader } from './headers/sse.ts';
import { checkStorageClass } from './headers/storage-class.ts';
import { requestedTags } from './headers/tagging.ts';
import type { Call, S3Request } from './operation.ts';
import { onObject } from './pairs.ts';
import { refuseVersion } from './version-id.ts';

/** What the headers of a write say of the object to be. */
export interface WriteRequest {
  readonly bucket: string;
  readonly key: string;
  readonly facts: ObjectFacts;
  readonly sse: 'AES256' | undefined;
  readonly acl: RequestedAcl | undefined;
}

/** Reads the head of a write. Throws what is wrong with any of them. */
export function writeRequest(
  { headers, query }: Pick<S3Request, 'headers' | 'query'>,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): WriteRequest {
  refuseVersion(query);
  checkStorageClass(headers);
  const facts: ObjectFacts = requestedFacts(headers, storedContentEncoding(headers));
  const tags = requestedTags(headers);
  return {
    bucket,
    key,
    facts: tags === undefined ? facts : { ...facts, tags },
    sse: requestedSse(headers),
    acl: requestedAcl(headers),
  };
}

/** The pairs of a write: tags and ACLs need their own; If-Match tells what an ETag is. */
export function writePermissions(
  { bucket, key, facts, acl }: WriteRequest,
  conditions?: WriteConditions,
): readonly Permission[] {
  const object = { bucket, key };
  const pairs = [onObject('s3:PutObject', object)];
  if (facts.tags !== undefined) pairs.push(onObject('s3:PutObjectTagging', object));
  if (acl !== undefined) pairs.push(onObject('s3:PutObjectAcl', object));
  if (comparesEtag(conditions?.ifMatch)) pairs.push(onObject('s3:GetObject', object));
  return pairs;
}

/** Whether a condition tells its sender if an ETag is right, which only a reader may know. */
export function comparesEtag(ifMatch: string | undefined): boolean {
  return ifMatch !== undefined && ifMatch !== '*';
}

/** Throws unless the bucket takes an object with this ACL. Reads the bucket only where one is asked for. */
export async function checkAcl(call: Call, { acl, bucket }: WriteRequest): Promise<void> {
  if (acl === undefined) return;
  checkObjectAcl(acl, await call.store.buckets.get(call.view, bucket));
}

/** The headers that tell of what was written; the checksum's too where `written` has one. */
export function writtenHeaders(written: Written): Record<string, string> {
  const headers: Record<string, string> = { ETag: quoteEtag(written.etag) };
  const { checksum, versionId } = written;
  if (written.protection === 'SSE-S3') headers[sseHeader] = 'AES256';
  if (versionId !== undefined) headers['x-amz-version-id'] = versionId;
  Object.assign(headers, checksumHeaders(checksum));
  return headers;
}
