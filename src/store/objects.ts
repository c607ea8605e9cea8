/** Objects and their versions. */
import type { Tags } from './buckets.ts';
import type { Checksum, ChecksumAlgorithm, DeclaredDigests } from './checksums.ts';
import type { View } from './store.ts';

/** What a request asked for or the bucket's default gave; every object is sealed either way. */
export type Protection = 'SSE-S3' | 'none';

/** What a client says about an object beside its bytes. */
export interface ObjectFacts {
  readonly contentType?: string;
  /** Other stored response headers by lower-case name: cache-control, content-disposition, content-encoding, content-language, expires. */
  readonly headers?: Readonly<Record<string, string>>;
  /** User metadata by lower-case name without `x-amz-meta-`. */
  readonly meta?: Readonly<Record<string, string>>;
  readonly tags?: Tags;
}

/** Conditions of a write, decided atomically with it (S3-BEHAVIOURS 9). Values are ETags without quotes. */
export interface WriteConditions {
  /** Only if there is no such object. */
  readonly ifNoneMatch?: '*';
  /** Only if the current version has this ETag (`*`: only if there is one). A missing key is NoSuchKey. */
  readonly ifMatch?: string;
}

export interface PutInput {
  readonly bucket: string;
  readonly key: string;
  readonly facts: ObjectFacts;
  /** A chunk becomes the store's, which frees its memory (`discard`). */
  readonly body: AsyncIterable<Uint8Array>;
  /** Declared length; lets a body too long be refused before it is read. */
  readonly length: number | undefined;
  readonly digests: DeclaredDigests;
  /** `AES256` when the request asked; undefined takes the bucket's default. */
  readonly sse: 'AES256' | undefined;
  readonly conditions?: WriteConditions;
}

export interface Written {
  readonly etag: string;
  readonly size: number;
  /** undefined where the bucket never had versioning; `null` when suspended. */
  readonly versionId: string | undefined;
  readonly protection: Protection;
  readonly checksum: Checksum | undefined;
  readonly modified: Date;
}

/** A version as HEAD tells it. */
export interface ObjectVersion extends ObjectFacts {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly latest: boolean;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly modified: Date;
  readonly protection: Protection;
  readonly checksum: Checksum | undefined;
  /** Parts of a multipart object; undefined for one written in a single piece. */
  readonly partsCount: number | undefined;
}

export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  /** The part's checksum, base64, of the object's algorithm; undefined where none was kept. */
  readonly checksum: string | undefined;
}

export interface PlainRange {
  /** Inclusive. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export interface ReadInput {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** An object opened for reading: the rows are read and checked, the bytes not yet. */
export interface OpenedObject {
  readonly version: ObjectVersion;
  /** Verified plaintext of `range` (whole object by default), in order. Does not need the view. */
  read(range?: PlainRange): AsyncIterable<Uint8Array>;
  /** The whole plaintext at once if the object is kept inline, else undefined: saves small reads a stream. */
  readonly inline: (() => Buffer) | undefined;
  /** Place of a part (1 to partsCount; 1 is the whole of a single-piece object), or `InvalidPartNumber`. */
  part(number: number): Promise<PlainRange>;
  /** Parts after `marker`, at most `limit`. Empty for a single-piece object. */
  parts(
    marker: number,
    limit: number,
  ): Promise<{ readonly parts: readonly ObjectPart[]; readonly more: boolean }>;
}

export interface DeleteResult {
  /** The marker made, or the version removed; undefined in an unversioned bucket. */
  readonly versionId: string | undefined;
  /** True when a delete marker was made, or when what was removed was one. */
  readonly deleteMarker: boolean;
}

export interface CopyInput {
  readonly source: ReadInput;
  readonly bucket: string;
  readonly key: string;
  /** undefined: MetadataDirective COPY. */
  readonly replaceFacts?: Pick<ObjectFacts, 'contentType' | 'headers' | 'meta'>;
  /** undefined: TaggingDirective COPY. */
  readonly replaceTags?: Tags;
  readonly sse: 'AES256' | undefined;
  /** undefined: the source's algorithm. */
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly conditions?: WriteConditions;
  /** Judged on the source version that is read; throws to refuse. */
  readonly precondition?: (source: ObjectVersion) => void;
}

export interface Objects {
  /** Stores an object. Nothing is visible, and nothing remains, unless it resolves (or is `unknown`). */
  put(input: PutInput): Promise<Written>;
  /**
   * Opens the current or the named version. Absent: `NoSuchKey` / `NoSuchVersion`. A delete marker:
   * `NoSuchKey` with x-amz-delete-marker, or, named by versionId, `MethodNotAllowed` with
   * x-amz-delete-marker, Last-Modified and Allow: DELETE (S3-BEHAVIOURS 17).
   */
  open(view: View, input: ReadInput): Promise<OpenedObject>;
  /** Deletes as S3 does: makes a marker, removes a version, or removes the object. Absent is no error. */
  delete(input: ReadInput & { readonly ifMatch?: string }): Promise<DeleteResult>;
  copy(input: CopyInput): Promise<Written & { readonly sourceVersionId: string | undefined }>;
  tags(
    view: View,
    input: ReadInput,
  ): Promise<{ readonly tags: Tags; readonly versionId: string | undefined }>;
  /** The tags of what `open` would open, for a policy's decision: empty where there is nothing. */
  existingTags(view: View, input: ReadInput): Promise<Tags>;
  /** Replaces the tags of a version; an empty list removes them. Touches neither bytes, ETag nor Last-Modified. */
  setTags(
    input: ReadInput & { readonly tags: Tags },
  ): Promise<{ readonly versionId: string | undefined }>;
}
