/** What can be set on a bucket, over S3; what is not set is `undefined` or empty, never an error. */
import { crc32Base64 } from './crc32.ts';
import { S3Error, s3, s3ErrorOf, s3Response } from './s3.ts';
import type { S3Request } from './s3.ts';
import { Unreachable } from './unreachable.ts';
import { childOf, childrenOf, escapeXml, parseXml, textOf, type XmlElement } from './xml.ts';
import { xmlBody } from './xml-body.ts';

export interface BucketTag {
  readonly key: string;
  readonly value: string;
}

export const publicAccessSettings = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;
export type PublicAccessBlock = Readonly<Record<(typeof publicAccessSettings)[number], boolean>>;

export type Ownership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';

export async function bucketTags(
  bucket: string,
  signal?: AbortSignal,
): Promise<readonly BucketTag[]> {
  const xml = await setting(bucket, 'tagging', { absent: 'NoSuchTagSet', signal });
  return childrenOf(childOf(xml, 'TagSet'), 'Tag').map((tag) => ({
    key: textOf(tag, 'Key') ?? '',
    value: textOf(tag, 'Value') ?? '',
  }));
}

export async function setBucketTags(bucket: string, tags: readonly BucketTag[]): Promise<void> {
  if (tags.length === 0) return remove(bucket, 'tagging');
  const set = tags.map(
    ({ key, value }) => `<Tag><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  await put(bucket, 'tagging', xmlBody('Tagging', `<TagSet>${set.join('')}</TagSet>`));
}

/** A modern bucket returns to SSE-S3, a classic one to none. */
export async function removeEncryption(bucket: string): Promise<void> {
  await remove(bucket, 'encryption');
}

/** All four are off where nothing is set. */
export async function publicAccessBlock(
  bucket: string,
  signal?: AbortSignal,
): Promise<PublicAccessBlock> {
  const absent = 'NoSuchPublicAccessBlockConfiguration';
  const xml = await setting(bucket, 'publicAccessBlock', { absent, signal });
  const pairs = publicAccessSettings.map((name) => [name, textOf(xml, name) === 'true']);
  return Object.fromEntries(pairs) as PublicAccessBlock;
}

export async function setPublicAccessBlock(
  bucket: string,
  block: PublicAccessBlock,
): Promise<void> {
  const inner = publicAccessSettings.map((name) => `<${name}>${String(block[name])}</${name}>`);
  const body = xmlBody('PublicAccessBlockConfiguration', inner.join(''));
  await put(bucket, 'publicAccessBlock', body);
}

/** Undefined: nothing is set, and ACLs are on as they were in 2020. */
export async function ownership(
  bucket: string,
  signal?: AbortSignal,
): Promise<Ownership | undefined> {
  const absent = 'OwnershipControlsNotFoundError';
  const xml = await setting(bucket, 'ownershipControls', { absent, signal });
  return textOf(childOf(xml, 'Rule'), 'ObjectOwnership') as Ownership | undefined;
}

export async function setOwnership(bucket: string, chosen: Ownership): Promise<void> {
  const rule = `<Rule><ObjectOwnership>${chosen}</ObjectOwnership></Rule>`;
  await put(bucket, 'ownershipControls', xmlBody('OwnershipControls', rule));
}

/** The text as it was put, to the byte; null: there is none. */
export async function bucketPolicy(bucket: string, signal?: AbortSignal): Promise<string | null> {
  const response = await s3Response({
    method: 'GET',
    bucket,
    query: { policy: '' },
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text().catch((error: unknown) => {
    throw Unreachable.from(error);
  });
  if (response.ok) return text;
  const error = s3ErrorOf(response.status, parseXml(text), response.headers);
  if (error.code === 'NoSuchBucketPolicy') return null;
  throw error;
}

/** Throws `MalformedPolicy` with the place of the mistake. */
export async function setBucketPolicy(bucket: string, policy: string): Promise<void> {
  const body = new TextEncoder().encode(policy);
  const headers = {
    'content-type': 'application/json',
    'x-amz-checksum-crc32': crc32Base64(body),
  };
  await put(bucket, 'policy', { body, headers });
}

export async function removeBucketPolicy(bucket: string): Promise<void> {
  await remove(bucket, 'policy');
}

/** Whether the policy is public, in the meaning of the public access block; null: there is none. */
export async function policyIsPublic(
  bucket: string,
  signal?: AbortSignal,
): Promise<boolean | null> {
  const xml = await setting(bucket, 'policyStatus', { absent: 'NoSuchBucketPolicy', signal });
  return xml === undefined ? null : textOf(xml, 'IsPublic')?.toLowerCase() === 'true';
}

/** Undefined where S3 answers with the code that says that nothing is set. */
async function setting(
  bucket: string,
  name: string,
  { absent, signal }: { readonly absent: string; readonly signal: AbortSignal | undefined },
): Promise<XmlElement | undefined> {
  try {
    const query = { [name]: '' };
    const asked: S3Request = { method: 'GET', bucket, query, ...(signal && { signal }) };
    return (await s3(asked)).xml;
  } catch (error) {
    if (error instanceof S3Error && error.code === absent) return undefined;
    throw error;
  }
}

async function put(
  bucket: string,
  name: string,
  body: Pick<S3Request, 'body' | 'headers'>,
): Promise<void> {
  await s3({ method: 'PUT', bucket, query: { [name]: '' }, ...body });
}

async function remove(bucket: string, name: string): Promise<void> {
  await s3({ method: 'DELETE', bucket, query: { [name]: '' } });
}
