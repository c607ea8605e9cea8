/** The client of a real server: S3 over HTTP, as anyone's. */
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Client } from './writing.ts';

const absent = new Set(['NoSuchKey', 'NoSuchVersion', 'NoSuchBucket', 'NoSuchUpload']);

/** `current` tells the version of the master key that is current, as far as is known. */
export function httpClient(s3: S3Client, current: () => number): Client {
  return {
    get current() {
      return current();
    },
    makeBucket: async (Bucket, versioning) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      if (versioning === undefined) return;
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    },
    put: async (Bucket, Key, Body) =>
      (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId,
    delete: async (Bucket, Key, VersionId) => {
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    },
    begin: async (Bucket, Key, Body) => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      const part = { Bucket, Key, UploadId, PartNumber: 1, Body };
      const { ETag } = await s3.send(new UploadPartCommand(part));
      return { uploadId: UploadId ?? '', etag: bare(ETag) };
    },
    complete: async ({ bucket: Bucket, key: Key, uploadId: UploadId, etag: ETag }) => {
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      const upload = { Bucket, Key, UploadId, MultipartUpload };
      await s3.send(new CompleteMultipartUploadCommand(upload));
    },
    parts: async (Bucket, Key, UploadId) => {
      const sent = s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
      const listed = await sent.then(undefined, nothingIfAbsent);
      return listed && (listed.Parts ?? []).map(({ ETag }) => bare(ETag));
    },
    read: async (Bucket, Key, VersionId) => {
      const sent = s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      const reply = await sent.then(undefined, nothingIfAbsent);
      return reply?.Body?.transformToByteArray();
    },
  };
}

function nothingIfAbsent(error: Error): undefined {
  if (!absent.has(error.name)) throw error;
}

/** Without its quotes. */
const bare = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');
