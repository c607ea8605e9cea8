/**
 * The shape of an S3 operation: one file each in `operations/`, with all of its facts in it. The
 * pipeline in `serve.ts` drives them all the same way:
 * target → route → authenticate → input → authorize → 100-continue → run → output.
 */
import type { Account, Identity } from '../access/identity.ts';
import type { ConditionContext, Permission } from '../access/permission.ts';
import type { Headers, HttpReply, HttpRequest } from '../http/exchange.ts';
import type { Store, View } from '../store/store.ts';
import type { OperationName } from './operation-names.ts';
import type { Payload } from './payload.ts';
import type { Query } from './query.ts';
import type { Target } from './target.ts';

/** Where a request must be sent for this operation. Two operations that claim one route stop the start. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  readonly resource: 'service' | 'bucket' | 'object';
  /** Query parameters that must be present (`['uploads']`, `['partNumber', 'uploadId']`); none by default. */
  readonly query?: readonly string[];
  /** A query parameter with this very value (`list-type=2`). */
  readonly queryValue?: readonly [name: string, value: string];
  /** A header that must be present (`x-amz-copy-source`). */
  readonly header?: string;
  /** The media type a body must have (`multipart/form-data` of PostObject). */
  readonly contentType?: string;
}

/**
 * - `none`: no body is read; one that is sent is refused when it is not empty.
 * - `document`: a bounded document, read with `call.document()` after authorization.
 * - `stream`: object bytes, read through `call.payload`.
 * - `form`: `multipart/form-data`; the operation's credentials are fields in it.
 */
export type BodyKind = 'none' | 'document' | 'stream' | 'form';

/**
 * Request headers that ask for protection or a guarantee. An operation lists those it gives; any
 * other one on its request is refused by name, never ignored (S3-BEHAVIOURS 5 and 8).
 */
export type Guarantee =
  | 'sse' // x-amz-server-side-encryption (AES256)
  | 'checksum' // x-amz-checksum-*, x-amz-sdk-checksum-algorithm, x-amz-trailer, Content-MD5
  | 'acl' // x-amz-acl, x-amz-grant-*
  | 'tagging' // x-amz-tagging
  | 'storage-class' // x-amz-storage-class
  | 'metadata' // x-amz-meta-*
  | 'conditional-write' // If-Match, If-None-Match on a write
  | 'conditional-read'; // If-Match, If-None-Match, If-(Un)Modified-Since on a read

/** A request after routing and authentication: what `input` may look at. */
export interface S3Request {
  readonly http: HttpRequest;
  readonly target: Target;
  readonly query: Query;
  /**
   * The headers that count: the wire's, and for a presigned request also the signed `x-amz-*` query
   * parameters (S3-BEHAVIOURS 6). For a POST form, the fields.
   */
  readonly headers: Headers;
  readonly identity: Identity;
  /** True when any signature was given: `response-*` overrides need one. */
  readonly signed: boolean;
}

/** What `run` works with. */
export interface Call extends S3Request {
  readonly store: Store;
  readonly settings: DialectSettings;
  /**
   * The request's view of the store, its rows all from one moment; closed after `run`. While a body is
   * waited for it is let go, and what is asked for then is a new one (`moment.ts`).
   */
  readonly view: View;
  /** The object bytes of a `stream` operation: decoded, with signatures and checksums verified. */
  readonly payload: Payload;
  /** The whole body of a `document` operation, digest and checksum verified; bounded. */
  document(): Promise<Buffer>;
  /** `per-item` operations ask for each item's pair here; every other pair was decided before. */
  allowed(permission: Permission): Promise<boolean>;
  /** The account of this id, for Owner elements; undefined where there is none. */
  account(id: string): Promise<Account | undefined>;
}

/** The settings of the server that show in the dialect. */
export interface DialectSettings {
  readonly region: string;
  /** For Location headers: scheme, host and port of the S3 endpoint, no trailing slash. */
  readonly publicUrl: string;
  readonly newBuckets: 'modern' | 'classic';
}

/**
 * A stored fact that the decision needs and the request does not carry. The pipeline reads it
 * before authorizing and lays it over the request's own condition keys.
 */
export type Fact =
  /** The `x-amz-*` headers that the upload was created with (S3-BEHAVIOURS 7). */
  {
    readonly kind: 'upload';
    readonly bucket: string;
    readonly key: string;
    readonly uploadId: string;
  };

/** One S3 operation. Make it with `operation()`, which keeps the types of its parts together. */
export interface Operation<Input, Result> {
  /** AWS's exact name: also the metric label, the log field and the documentation row. */
  readonly name: OperationName;
  readonly route: Route;
  readonly body: BodyKind;
  readonly gives: readonly Guarantee[];
  /** `form`: authentication reads the form's fields first (PostObject only). */
  readonly credentials?: 'form';
  /**
   * `per-item`: `run` itself asks `call.allowed`, because what is asked stands in the body
   * (DeleteObjects, CreateBucket, PutObjectTagging) or the refusal says more (HeadBucket).
   */
  readonly decides?: 'per-item';
  /** The document must come with Content-MD5 or a checksum (S3-BEHAVIOURS 3). */
  readonly needsDigest?: true;
  /** Typed and validated from the request alone; reads no body and no store. Throws a Refusal. */
  readonly input: (request: S3Request) => Input;
  /** Every (action, resource) pair that must be allowed. Required: an operation without it does not compile. */
  readonly permissions: (input: Input, request: S3Request) => readonly Permission[];
  readonly facts?: (input: Input) => Fact | undefined;
  /** Condition keys that only this operation can name (`s3:prefix`, `s3:RequestObjectTag/...`). */
  readonly conditions?: (input: Input) => ConditionContext;
  readonly run: (call: Call, input: Input) => Promise<Result>;
  readonly output: (result: Result, input: Input, call: Call) => HttpReply;
}

// A table holds operations of many types; the pipeline only ever passes an operation its own parts.
// eslint-disable-next-line typescript/no-explicit-any
export type AnyOperation = Operation<any, any>;

/** Defines an operation. */
export function operation<Input, Result>(
  definition: Operation<Input, Result>,
): Operation<Input, Result> {
  return definition;
}
