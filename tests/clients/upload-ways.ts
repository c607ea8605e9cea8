/**
 * Every way an object can come into a bucket, with or without `x-amz-server-side-encryption`, by
 * AWS SDK for JavaScript v3 (its presigner and its POST policies included) and by `fetch`.
 */
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

import { body } from './bodies.ts';
import type { Credentials, Site } from './site.ts';

type Sse = ServerSideEncryption | undefined;

/** How a request was answered, and what must be stored if it was accepted. */
export interface Sent {
  readonly status: number;
  readonly code?: string;
  readonly stored?: Buffer;
}

export interface Way {
  readonly name: string;
  /** There is no such thing without keys. */
  readonly needsKeys?: true;
  /** S3 lets the anonymous caller do it where a policy does; multipart uploads need an identity. */
  readonly openToAll?: true;
  readonly send: (uploader: Uploader, sse: Sse) => Promise<Sent>;
}

const MiB = 1024 * 1024;
export const sourceKey = 'source';

/** A caller who uploads one key. */
export class Uploader {
  readonly client: S3Client;
  readonly at: { readonly Bucket: string; readonly Key: string };
  readonly site: Site;
  readonly body: Buffer;
  readonly source: Buffer;
  readonly anonymous: boolean;

  constructor(input: {
    readonly site: Site;
    readonly bucket: string;
    readonly key: string;
    readonly credentials: Credentials | undefined;
    readonly source: Buffer;
    readonly canary: string;
  }) {
    this.site = input.site;
    this.anonymous = input.credentials === undefined;
    this.at = { Bucket: input.bucket, Key: input.key };
    this.body = body(5000, input.canary);
    this.source = input.source;
    this.client = new S3Client({
      endpoint: input.site.url,
      region: input.site.region,
      forcePathStyle: true,
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      credentials: input.credentials ?? { accessKeyId: '', secretAccessKey: '' },
      ...(this.anonymous ? { signer: { sign: (request) => Promise.resolve(request) } } : {}),
    });
  }

  get copySource(): string {
    return `${this.at.Bucket}/${sourceKey}`;
  }

  /** The object as root finds it: status, its SSE header and bytes. */
  async stored(): Promise<{ status: number; sse?: string | undefined; bytes?: Buffer }> {
    try {
      const got = await this.client.send(new GetObjectCommand(this.at));
      const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
      return { status: 200, sse: got.ServerSideEncryption, bytes };
    } catch (error) {
      return answered(error);
    }
  }

  /** `Sent` of a request that throws when it is refused. */
  async outcome(work: () => Promise<Buffer>): Promise<Sent> {
    try {
      return { status: 200, stored: await work() };
    } catch (error) {
      return answered(error);
    }
  }

  /** `Sent` of a plain HTTP answer. */
  async fetched(reply: Response): Promise<Sent> {
    const text = await reply.text();
    if (reply.ok) return { status: 200, stored: this.body };
    return { status: reply.status, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? '' };
  }

  async begin(sse: Sse): Promise<string> {
    const command = new CreateMultipartUploadCommand({ ...this.at, ServerSideEncryption: sse });
    return (await this.client.send(command)).UploadId ?? '';
  }

  async part(UploadId: string, PartNumber: number, Body: Buffer): Promise<string> {
    const command = new UploadPartCommand({ ...this.at, UploadId, PartNumber, Body });
    return (await this.client.send(command)).ETag ?? '';
  }

  async partCopy(UploadId: string, PartNumber: number): Promise<string> {
    const from = { CopySource: this.copySource };
    const command = new UploadPartCopyCommand({ ...this.at, UploadId, PartNumber, ...from });
    return (await this.client.send(command)).CopyPartResult?.ETag ?? '';
  }

  async complete(UploadId: string, etags: readonly string[]): Promise<void> {
    const Parts = etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
    const MultipartUpload = { Parts };
    await this.client.send(
      new CompleteMultipartUploadCommand({ ...this.at, UploadId, MultipartUpload }),
    );
  }
}

/** All of them. */
export const ways: readonly Way[] = [
  { name: 'PUT', openToAll: true, send: put },
  { name: 'presigned PUT', needsKeys: true, send: presigned },
  { name: 'presigned PUT (header in the query)', needsKeys: true, send: hoisted },
  { name: 'multipart upload', send: multipart },
  { name: 'UploadPartCopy', send: uploadPartCopy },
  { name: 'CopyObject', openToAll: true, send: copy },
  { name: 'POST form', openToAll: true, send: form },
];

function put(uploader: Uploader, sse: Sse): Promise<Sent> {
  return uploader.outcome(async () => {
    const input = { ...uploader.at, Body: uploader.body, ServerSideEncryption: sse };
    await uploader.client.send(new PutObjectCommand(input));
    return uploader.body;
  });
}

/** The header is signed, and the client must send it. */
async function presigned(uploader: Uploader, sse: Sse): Promise<Sent> {
  const command = new PutObjectCommand({ ...uploader.at, ServerSideEncryption: sse });
  const url = await getSignedUrl(uploader.client, command, { expiresIn: 300 });
  const headers: Record<string, string> =
    sse === undefined ? {} : { 'x-amz-server-side-encryption': sse };
  return uploader.fetched(await fetch(url, { method: 'PUT', headers, body: sendable(uploader) }));
}

/** The header went into the query: the signed value there counts as the header. */
async function hoisted(uploader: Uploader, sse: Sse): Promise<Sent> {
  const command = new PutObjectCommand({ ...uploader.at, ServerSideEncryption: sse });
  const hoistableHeaders = new Set(['x-amz-server-side-encryption']);
  const url = await getSignedUrl(uploader.client, command, { expiresIn: 300, hoistableHeaders });
  if (sse !== undefined && !url.includes('x-amz-server-side-encryption=')) {
    throw new Error(`not hoisted: ${url}`);
  }
  return uploader.fetched(await fetch(url, { method: 'PUT', body: sendable(uploader) }));
}

/** Presigned without the header, sent with it: an unsigned `x-amz-*` header is never accepted. */
export async function unsignedHeader(uploader: Uploader): Promise<Sent> {
  const url = await getSignedUrl(uploader.client, new PutObjectCommand(uploader.at));
  const headers = { 'x-amz-server-side-encryption': 'AES256' };
  return uploader.fetched(await fetch(url, { method: 'PUT', headers, body: sendable(uploader) }));
}

/** Only CreateMultipartUpload carries the header. */
function multipart(uploader: Uploader, sse: Sse): Promise<Sent> {
  return uploader.outcome(async () => {
    const first = body(5 * MiB, 'first-part');
    const id = await uploader.begin(sse);
    const etags = [await uploader.part(id, 1, first), await uploader.part(id, 2, uploader.body)];
    await uploader.complete(id, etags);
    return Buffer.concat([first, uploader.body]);
  });
}

function uploadPartCopy(uploader: Uploader, sse: Sse): Promise<Sent> {
  return uploader.outcome(async () => {
    const id = await uploader.begin(sse);
    await uploader.complete(id, [await uploader.partCopy(id, 1)]);
    return uploader.source;
  });
}

function copy(uploader: Uploader, sse: Sse): Promise<Sent> {
  return uploader.outcome(async () => {
    const input = { ...uploader.at, CopySource: uploader.copySource, ServerSideEncryption: sse };
    await uploader.client.send(new CopyObjectCommand(input));
    return uploader.source;
  });
}

/** A browser's form; the anonymous one has neither policy nor signature. */
async function form(uploader: Uploader, sse: Sse): Promise<Sent> {
  const field: Record<string, string> =
    sse === undefined ? {} : { 'x-amz-server-side-encryption': sse };
  const { url, fields } = uploader.anonymous
    ? {
        url: `${uploader.site.url}/${uploader.at.Bucket}`,
        fields: { key: uploader.at.Key, ...field },
      }
    : await createPresignedPost(uploader.client, { ...uploader.at, Fields: field, Expires: 300 });
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new Blob([sendable(uploader)]), 'file.bin');
  return uploader.fetched(await fetch(url, { method: 'POST', body: data }));
}

/** `fetch` and `Blob` take arrays that share no memory with others. */
function sendable(uploader: Uploader): Uint8Array<ArrayBuffer> {
  return new Uint8Array(uploader.body);
}

function answered(error: unknown): { status: number; code: string } {
  if (!(error instanceof S3ServiceException)) throw error;
  return { status: error.$metadata.httpStatusCode ?? 0, code: error.name };
}
