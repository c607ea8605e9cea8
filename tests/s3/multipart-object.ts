/** A multipart object for suites that read one: parts of 5 MiB and a small last one. */
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type CompletedPart,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { bodyOf } from './site.ts';

export const partSize = 5 * 1024 * 1024;

export interface MultipartObject {
  readonly body: Buffer;
  readonly parts: readonly Buffer[];
  readonly etag: string;
}

/** Uploads parts of these sizes, all but the last at least 5 MiB. */
export async function multipartObject(
  s3: S3Client,
  name: CreateMultipartUploadCommandInput,
  sizes: readonly number[],
): Promise<MultipartObject> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(name));
  const { Bucket, Key } = name;
  const parts = sizes.map((size, index) => bodyOf(size, `${Key} part ${index + 1}`));
  const completed: CompletedPart[] = await Promise.all(
    parts.map(async (Body, index) => {
      const PartNumber = index + 1;
      const upload = { Bucket, Key, UploadId, PartNumber, Body };
      const ChecksumAlgorithm = name.ChecksumAlgorithm;
      const sent = await s3.send(new UploadPartCommand({ ...upload, ChecksumAlgorithm }));
      const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumSHA1, ChecksumSHA256 } = sent;
      const { ChecksumCRC64NVME } = sent;
      const checksums = { ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME };
      return { PartNumber, ETag, ...checksums, ChecksumSHA1, ChecksumSHA256 };
    }),
  );
  const MultipartUpload = { Parts: completed };
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
  return { body: Buffer.concat(parts), parts, etag: multipartEtag(parts) };
}

/** The MD5 of the parts' MD5s, and how many they were. */
export function multipartEtag(parts: readonly Uint8Array[]): string {
  const digests = parts.map((part) => createHash('md5').update(part).digest());
  return `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${parts.length}"`;
}
