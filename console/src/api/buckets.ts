/** Buckets over S3: what the pages need of ListBuckets, CreateBucket and their settings. */
import { S3Error, s3 } from './s3.ts';
import { childOf, childrenOf, escapeXml, textOf } from './xml.ts';
import { xmlBody } from './xml-body.ts';

export interface BucketName {
  readonly name: string;
  readonly createdAt: string;
}

export type Versioning = 'Enabled' | 'Suspended' | 'Off';
/** What a write gets that names no encryption: `none` only in classic buckets. */
export type DefaultEncryption = 'AES256' | 'none';

/** All of the identity's account, in S3's pages. */
export async function listBuckets(signal?: AbortSignal): Promise<readonly BucketName[]> {
  const buckets: BucketName[] = [];
  let token: string | undefined;
  do {
    const { xml } = await s3({
      method: 'GET',
      query: {
        'max-buckets': '1000',
        ...(token === undefined ? {} : { 'continuation-token': token }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    for (const bucket of childrenOf(childOf(xml, 'Buckets'), 'Bucket')) {
      buckets.push({
        name: textOf(bucket, 'Name') ?? '',
        createdAt: textOf(bucket, 'CreationDate') ?? '',
      });
    }
    token = textOf(xml, 'ContinuationToken');
  } while (token !== undefined && token !== '');
  return buckets;
}

export async function createBucket(bucket: string, region: string): Promise<void> {
  const place =
    region === 'us-east-1'
      ? {}
      : xmlBody(
          'CreateBucketConfiguration',
          `<LocationConstraint>${escapeXml(region)}</LocationConstraint>`,
        );
  await s3({ method: 'PUT', bucket, ...place });
}

export async function deleteBucket(bucket: string): Promise<void> {
  await s3({ method: 'DELETE', bucket });
}

export async function bucketVersioning(bucket: string, signal?: AbortSignal): Promise<Versioning> {
  const { xml } = await s3({
    method: 'GET',
    bucket,
    query: { versioning: '' },
    ...(signal === undefined ? {} : { signal }),
  });
  const status = textOf(xml, 'Status');
  return status === 'Enabled' || status === 'Suspended' ? status : 'Off';
}

export async function setVersioning(
  bucket: string,
  status: Exclude<Versioning, 'Off'>,
): Promise<void> {
  const body = xmlBody('VersioningConfiguration', `<Status>${status}</Status>`);
  await s3({ method: 'PUT', bucket, query: { versioning: '' }, ...body });
}

export async function bucketEncryption(
  bucket: string,
  signal?: AbortSignal,
): Promise<DefaultEncryption> {
  try {
    await s3({
      method: 'GET',
      bucket,
      query: { encryption: '' },
      ...(signal === undefined ? {} : { signal }),
    });
    return 'AES256';
  } catch (error) {
    const code = 'ServerSideEncryptionConfigurationNotFoundError';
    if (error instanceof S3Error && error.code === code) return 'none';
    throw error;
  }
}

/** Every write that names no encryption gets SSE-S3 from now on. */
export async function encryptByDefault(bucket: string): Promise<void> {
  const rule =
    '<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>' +
    '</ApplyServerSideEncryptionByDefault></Rule>';
  const body = xmlBody('ServerSideEncryptionConfiguration', rule);
  await s3({ method: 'PUT', bucket, query: { encryption: '' }, ...body });
}

/**
 * What is wrong with the name of a new bucket (S3 User Guide, "Bucket naming rules", 2026-11-24), or
 * undefined. The server decides; this says it while one types.
 */
export function bucketNameProblem(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return 'A name has 3 to 63 characters.';
  if (!/^[a-z0-9.-]+$/.test(name)) {
    return 'A name has only lower-case letters, digits, dots and hyphens.';
  }
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return 'A name begins and ends with a letter or digit.';
  if (name.includes('..')) return 'A name has no two dots side by side.';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return 'A name does not look like an IP address.';
  if (/^(xn--|sthree-|amzn-s3-demo-)/.test(name)) return 'A name with this beginning is reserved.';
  if (/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3|-an)$/.test(name)) {
    return 'A name with this ending is reserved.';
  }
  return undefined;
}
