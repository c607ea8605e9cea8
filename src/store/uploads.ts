/** Multipart uploads. */
import type { Checksum, ChecksumAlgorithm, ChecksumType, DeclaredDigests } from './checksums.ts';
import type {
  ObjectFacts,
  ObjectVersion,
  PlainRange,
  Protection,
  ReadInput,
  WriteConditions,
  Written,
} from './objects.ts';
import type { View } from './store.ts';

export interface UploadName {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

export interface CreateUploadInput {
  readonly bucket: string;
  readonly key: string;
  readonly facts: ObjectFacts;
  readonly sse: 'AES256' | undefined;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
  /** The account and the identity's ARN or id that began it: Owner and Initiator of listings. */
  readonly account: string;
  readonly initiator: { readonly id: string; readonly displayName: string };
  /** The request's `x-amz-*` headers, kept for policy decisions about its parts (S3-BEHAVIOURS 7). */
  readonly requestHeaders: Readonly<Record<string, string>>;
}

export interface Upload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: Date;
  readonly account: string;
  readonly initiator: { readonly id: string; readonly displayName: string };
  readonly protection: Protection;
  readonly checksum:
    | { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType }
    | undefined;
  readonly requestHeaders: Readonly<Record<string, string>>;
}

export interface UploadedPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly modified: Date;
  /** base64 by algorithm. */
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

export interface PartInput extends UploadName {
  /** 1 to 10,000. */
  readonly number: number;
  /** A chunk becomes the store's, which frees its memory (`discard`). */
  readonly body: AsyncIterable<Uint8Array>;
  readonly length: number | undefined;
  readonly digests: DeclaredDigests;
}

export interface CompletedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums?: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

export interface Uploads {
  create(input: CreateUploadInput): Promise<Upload>;
  /** The upload, or `NoSuchUpload` (also for a key that is not the upload's). */
  get(view: View, name: UploadName): Promise<Upload>;
  /**
   * What `get` gives as `requestHeaders`, for the decision that comes before it, and after completion
   * too, for a Complete that comes again: undefined where there is no such bucket or upload.
   */
  createHeaders(
    view: View,
    name: UploadName,
  ): Promise<Readonly<Record<string, string>> | undefined>;
  /** Stores a part, replacing one of that number. */
  putPart(input: PartInput): Promise<UploadedPart & { readonly protection: Protection }>;
  /** UploadPartCopy: `range` in plaintext coordinates of the source; must lie within it (`InvalidArgument`). */
  copyPart(
    input: UploadName & {
      readonly number: number;
      readonly source: ReadInput;
      readonly range?: PlainRange;
      readonly precondition?: (source: ObjectVersion) => void;
    },
  ): Promise<
    UploadedPart & { readonly protection: Protection; readonly sourceVersionId: string | undefined }
  >;
  /**
   * Makes the object from the listed parts. Repeated with the same list after success it answers the
   * same. `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, checksum mismatches as AWS tells them.
   */
  complete(
    input: UploadName & {
      readonly parts: readonly CompletedPart[];
      /** x-amz-checksum-*: the whole object's checksum, compared (BadDigest). */
      readonly checksum?: Checksum;
      /** x-amz-mp-object-size. */
      readonly size?: number;
      readonly conditions?: WriteConditions;
    },
  ): Promise<Written>;
  abort(name: UploadName): Promise<void>;
  listParts(
    view: View,
    query: UploadName & { readonly marker: number; readonly limit: number },
  ): Promise<{
    readonly upload: Upload;
    readonly parts: readonly UploadedPart[];
    readonly more: boolean;
  }>;
}
