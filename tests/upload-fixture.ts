/** Multipart uploads over a store of tests/store-fixture.ts, and the least calls that use them. */
import { createHash } from 'node:crypto';
import { MiB } from '../src/base/limits.ts';
import { type Clock, systemClock } from '../src/base/time.ts';
import { createStore } from '../src/store/create-store.ts';
import type {
  CompletedPart,
  CreateUploadInput,
  UploadName,
  UploadedPart,
  Uploads,
} from '../src/store/uploads.ts';
import { type TestStore, bodyOf, bucketName } from './store-fixture.ts';

/** The least a part may have that is not the last. */
export const partBytes = 5 * MiB;

export function uploadsOf(
  { rows, blobs }: Pick<TestStore, 'rows' | 'blobs'>,
  clock: Clock = systemClock,
): Uploads {
  return createStore({ rows, blobs, clock }).uploads;
}

/** An upload with nothing special about it. */
export function plainUpload(key: string, more: Partial<CreateUploadInput> = {}): CreateUploadInput {
  return {
    bucket: bucketName,
    key,
    facts: {},
    sse: undefined,
    account: '111122223333',
    initiator: { id: 'arn:aws:iam::111122223333:user/ann', displayName: 'ann' },
    requestHeaders: {},
    ...more,
  };
}

export async function begin(uploads: Uploads, input: CreateUploadInput): Promise<UploadName> {
  const { uploadId } = await uploads.create(input);
  return { bucket: input.bucket, key: input.key, uploadId };
}

/** A part with nothing special about it. */
export function plainPart(
  name: UploadName,
  number: number,
  ...pieces: readonly (Uint8Array | string)[]
) {
  return { ...name, number, body: bodyOf(...pieces), length: undefined, digests: {} };
}

/** What Complete is told of parts that were uploaded. */
export function listOf(...parts: readonly UploadedPart[]): CompletedPart[] {
  return parts.map(({ number, etag }) => ({ number, etag }));
}

export function md5Of(...pieces: readonly (Uint8Array | string)[]): string {
  const md5 = createHash('md5');
  for (const piece of pieces) md5.update(piece);
  return md5.digest('hex');
}

/** The ETag of an object of these parts. */
export function etagOfParts(...parts: readonly (Uint8Array | string)[]): string {
  const digests = parts.map((part) => Buffer.from(md5Of(part), 'hex'));
  return `${md5Of(...digests)}-${parts.length}`;
}
