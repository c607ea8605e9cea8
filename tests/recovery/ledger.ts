/**
 * What a real client stored, and what must come back: every write goes through here, so the ledger
 * knows the bytes of each version that is still there.
 */
import { createHash } from 'node:crypto';

import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** A version that a restore must bring back. */
export interface StoredVersion {
  readonly bucket: string;
  readonly key: string;
  /** As S3 names it; `null` where there is no versioning. */
  readonly versionId: string;
  readonly size: number;
  readonly sha256: string;
}

type Facts = Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body'>;
type UploadFacts = Omit<CreateMultipartUploadCommandInput, 'Bucket' | 'Key'>;

export class Ledger {
  readonly #s3: S3Client;
  #versions: StoredVersion[] = [];

  constructor(s3: S3Client) {
    this.#s3 = s3;
  }

  get versions(): readonly StoredVersion[] {
    return this.#versions;
  }

  async put(bucket: string, key: string, body: Buffer, facts: Facts = {}): Promise<void> {
    const input = { Bucket: bucket, Key: key, Body: body, ...facts };
    const { VersionId } = await this.#s3.send(new PutObjectCommand(input));
    this.#add(bucket, key, { versionId: VersionId, ...digestOf([body]) });
  }

  async copy(bucket: string, key: string, from: StoredVersion, facts: object = {}): Promise<void> {
    const source = `${from.bucket}/${encodeURIComponent(from.key)}`;
    const input = { Bucket: bucket, Key: key, CopySource: source, ...facts };
    const { VersionId } = await this.#s3.send(new CopyObjectCommand(input));
    this.#add(bucket, key, { versionId: VersionId, size: from.size, sha256: from.sha256 });
  }

  /** Parts that are uploaded and not listed leave no trace; `again` are uploaded twice. */
  async multipart(
    bucket: string,
    key: string,
    parts: readonly Buffer[],
    { again = [], leaveOut = [], facts = {} }: MultipartShape = {},
  ): Promise<void> {
    const upload = await this.begin(bucket, key, parts, facts);
    for (const number of again) await upload.part(number, Buffer.alloc(5, 'first'));
    const listed: { PartNumber: number; ETag: string }[] = [];
    for (const [index, body] of parts.entries()) {
      const etag = await upload.part(index + 1, body);
      if (!leaveOut.includes(index + 1)) listed.push({ PartNumber: index + 1, ETag: etag });
    }
    const { VersionId } = await this.#s3.send(
      new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: upload.id,
        MultipartUpload: { Parts: listed },
      }),
    );
    const kept = parts.filter((_, index) => !leaveOut.includes(index + 1));
    this.#add(bucket, key, { versionId: VersionId, ...digestOf(kept) });
  }

  /** An upload that is left open, or aborted. */
  async begin(bucket: string, key: string, parts: readonly Buffer[], facts: UploadFacts = {}) {
    const name = { Bucket: bucket, Key: key };
    const create = new CreateMultipartUploadCommand({ ...name, ...facts });
    const { UploadId = '' } = await this.#s3.send(create);
    const part = async (number: number, body: Buffer): Promise<string> => {
      const input = { ...name, UploadId, PartNumber: number, Body: body };
      const { ETag = '' } = await this.#s3.send(new UploadPartCommand(input));
      return ETag;
    };
    const abort = () => this.#s3.send(new AbortMultipartUploadCommand({ ...name, UploadId }));
    return { id: UploadId, parts, part, abort };
  }

  /** Deletes the object: under versioning a marker hides it, else its bytes are gone. */
  async delete(bucket: string, key: string): Promise<void> {
    const input = { Bucket: bucket, Key: key };
    const { VersionId = nullVersion } = await this.#s3.send(new DeleteObjectCommand(input));
    if (VersionId === nullVersion) this.#forget(bucket, key, nullVersion);
  }

  async deleteVersion(version: StoredVersion): Promise<void> {
    const { bucket, key, versionId } = version;
    const input = { Bucket: bucket, Key: key, VersionId: versionId };
    await this.#s3.send(new DeleteObjectCommand(input));
    this.#forget(bucket, key, versionId);
  }

  /** What the server itself says of every version. */
  async describe(): Promise<ReadonlyMap<StoredVersion, HeadObjectCommandOutput>> {
    const said = new Map<StoredVersion, HeadObjectCommandOutput>();
    for (const version of this.#versions) {
      const { bucket, key, versionId } = version;
      const input = { Bucket: bucket, Key: key, VersionId: versionId };
      said.set(
        version,
        await this.#s3.send(new HeadObjectCommand({ ...input, ChecksumMode: 'ENABLED' })),
      );
    }
    return said;
  }

  #add(
    bucket: string,
    key: string,
    stored: { versionId: string | undefined; size: number; sha256: string },
  ): void {
    const { versionId = nullVersion, size, sha256 } = stored;
    this.#forget(bucket, key, versionId);
    this.#versions.push({ bucket, key, versionId, size, sha256 });
  }

  #forget(bucket: string, key: string, versionId: string): void {
    this.#versions = this.#versions.filter(
      (one) => one.bucket !== bucket || one.key !== key || one.versionId !== versionId,
    );
  }
}

export interface MultipartShape {
  readonly again?: readonly number[];
  readonly leaveOut?: readonly number[];
  readonly facts?: UploadFacts;
}

const nullVersion = 'null';

function digestOf(pieces: readonly Buffer[]): { size: number; sha256: string } {
  const digest = createHash('sha256');
  for (const piece of pieces) digest.update(piece);
  return {
    size: pieces.reduce((sum, { length }) => sum + length, 0),
    sha256: digest.digest('hex'),
  };
}
