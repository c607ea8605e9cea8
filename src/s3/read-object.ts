/**
 * What GetObject and HeadObject have in common: which version, which part of it, and the headers that
 * tell of it (S3 API reference of both, 2026-11-24; S3-BEHAVIOURS 11, 12, 17, 24 and 27). Ranges and
 * part numbers are in plaintext coordinates.
 */
import type { Permission } from '../access/permission.ts';
import { Refusal } from '../base/refusal.ts';
import { httpDate } from '../base/time.ts';
import type { Checksum } from '../store/checksums.ts';
import type { ObjectVersion, OpenedObject, PlainRange, ReadInput } from '../store/objects.ts';
import { checksumHeaders, checksumWanted } from './headers/checksum.ts';
import { type ReadConditions, checkReadConditions, readConditions } from './headers/conditions.ts';
import { quoteEtag } from './headers/etag.ts';
import { factHeaders } from './headers/metadata.ts';
import { contentRange, requestedRange } from './headers/range.ts';
import { responseOverrides } from './headers/response-overrides.ts';
import { sseHeader } from './headers/sse.ts';
import type { Call, S3Request } from './operation.ts';
import { onBucket, onObject } from './pairs.ts';
import { requestedPartNumber } from './part-number.ts';
import { objectOf } from './target.ts';
import { requestedVersion } from './version-id.ts';

/** What a GET or HEAD asks for. */
export interface ReadRequest extends ReadInput {
  readonly partNumber: number | undefined;
  readonly conditions: ReadConditions | undefined;
  readonly checksumWanted: boolean;
  /** Response headers to lay over the object's own. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** What is to be told of an object. */
export interface ObjectRead {
  readonly opened: OpenedObject;
  /** The plaintext asked for; undefined for all of it. */
  readonly range: PlainRange | undefined;
  readonly checksum: Checksum | undefined;
  /** Told beside a part that was asked for. */
  readonly partsCount: number | undefined;
  /** 0 also where the caller may not read tags. */
  readonly tagsCount: number;
}

/** The part of the input that GET and HEAD share. */
export function readRequest(request: S3Request): ReadRequest {
  const { headers, query, target } = request;
  const { bucket, key } = objectOf(target);
  const versionId = requestedVersion(query);
  const partNumber = requestedPartNumber(query);
  if (partNumber !== undefined && headers.has('range')) {
    throw new Refusal('InvalidRequest', {
      message: 'Cannot specify both Range header and partNumber query parameter',
    });
  }
  const conditions = readConditions(headers);
  const overrides = responseOverrides(request);
  const common = { bucket, key, partNumber, conditions, overrides };
  const wanted = { ...common, checksumWanted: checksumWanted(headers) };
  return versionId === undefined ? wanted : { ...wanted, versionId };
}

/** The pair that reading an object, or a version of it, asks for. */
export function readPermission(input: ReadInput): Permission {
  return onObject(input.versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', input);
}

/** Opens what is asked for and judges conditions and range on it. */
export async function readObject(call: Call, input: ReadRequest): Promise<ObjectRead> {
  const opened = await openObject(call, input);
  const { version } = opened;
  checkReadConditions(input.conditions, version);
  const { partNumber } = input;
  const tagsCount = version.tags === undefined ? 0 : await tagsShown(call, input, version);
  if (partNumber !== undefined) {
    const range = await opened.part(partNumber);
    const checksum = input.checksumWanted ? await partChecksum(opened, partNumber) : undefined;
    return { opened, range, checksum, partsCount: version.partsCount, tagsCount };
  }
  const range = requestedRange(call.headers, version);
  // A checksum of the whole would make a client refuse the range it got.
  const checksum = input.checksumWanted && range === undefined ? version.checksum : undefined;
  return { opened, range, checksum, partsCount: undefined, tagsCount };
}

/**
 * Opens an object. Whether a key exists is told only to those who may list the bucket ("GetObject",
 * S3 API reference): to others a missing one is AccessDenied.
 */
export function openObject(call: Call, input: ReadInput): Promise<OpenedObject> {
  return absenceTold(call, input.bucket, call.store.objects.open(call.view, input));
}

/** The same for whatever else looks an object up: its tags, its ACL. */
export function absenceTold<T>(call: Call, bucket: string, found: Promise<T>): Promise<T> {
  return found.then(undefined, (error: unknown) => refuseAbsent(call, bucket, error));
}

async function refuseAbsent(call: Call, bucket: string, error: unknown): Promise<never> {
  const absent = error instanceof Refusal && error.code === 'NoSuchKey';
  if (absent && !(await call.allowed(onBucket('s3:ListBucket', bucket)))) {
    throw new Refusal('AccessDenied');
  }
  throw error;
}

/** Status and headers of the reply. */
export function readReply(
  { opened, range, checksum, partsCount, tagsCount }: ObjectRead,
  overrides: Readonly<Record<string, string>>,
): { readonly status: 200 | 206; readonly headers: Record<string, string> } {
  const { version } = opened;
  const headers = factHeaders(version);
  headers['Accept-Ranges'] = 'bytes';
  headers['ETag'] = quoteEtag(version.etag);
  headers['Last-Modified'] = httpDate(version.modified);
  if (version.protection === 'SSE-S3') headers[sseHeader] = 'AES256';
  if (version.versionId !== undefined) headers['x-amz-version-id'] = version.versionId;
  if (tagsCount > 0) headers['x-amz-tagging-count'] = String(tagsCount);
  if (partsCount !== undefined) headers['x-amz-mp-parts-count'] = String(partsCount);
  Object.assign(headers, checksumHeaders(checksum));
  for (const name in overrides) headers[name] = overrides[name] as string;
  // The only part of an empty object has no first and last byte to name.
  if (range === undefined || range.end === range.start) {
    headers['Content-Length'] = String(version.size);
    return { status: 200, headers };
  }
  headers['Content-Length'] = String(range.end - range.start);
  headers['Content-Range'] = contentRange(range, version.size);
  return { status: 206, headers };
}

/** "The number of tags, if any, on the object, when you have the relevant permission". */
async function tagsShown(call: Call, input: ReadInput, version: ObjectVersion): Promise<number> {
  const count = version.tags?.length ?? 0;
  if (count === 0) return 0;
  const action =
    input.versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging';
  return (await call.allowed(onObject(action, input))) ? count : 0;
}

async function partChecksum(opened: OpenedObject, number: number): Promise<Checksum | undefined> {
  const { checksum, partsCount } = opened.version;
  if (checksum === undefined || partsCount === undefined) return checksum;
  const page = await opened.parts(number - 1, 1);
  const value = page.parts[0]?.checksum;
  return value === undefined ? undefined : { ...checksum, value };
}
