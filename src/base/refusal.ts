/**
 * The three ways work can fail (ARCHITECTURE.md, "Errors").
 *
 * - `Refusal`: expected. A closed union of codes, each mapped to one S3 error by `s3/errors.ts`.
 * - `Fault`: an engine, a disk or a key holder is in trouble. Retryable, 5xx.
 * - `Defect`: an assertion failed. The request dies, its message stays in the log.
 *
 * Absence is not a failure: functions that look something up return `undefined`.
 */

/** Every refusal Coffer can give. The names are AWS's error codes (S3 API, "Error responses"). */
export type RefusalCode =
  | 'AccessControlListNotSupported'
  | 'AccessDenied'
  | 'AuthorizationHeaderMalformed'
  | 'AuthorizationQueryParametersError'
  | 'BadDigest'
  | 'BadRequest'
  | 'BucketAlreadyExists'
  | 'BucketAlreadyOwnedByYou'
  | 'BucketNotEmpty'
  | 'EntityTooLarge'
  | 'EntityTooSmall'
  | 'ExpiredPresignRequest'
  | 'IllegalLocationConstraintException'
  | 'IncompleteBody'
  | 'InsufficientStorage'
  | 'InvalidAccessKeyId'
  | 'InvalidArgument'
  | 'InvalidBucketName'
  | 'InvalidDigest'
  | 'InvalidEncryptionAlgorithmError'
  | 'InvalidPart'
  | 'InvalidPartNumber'
  | 'InvalidPartOrder'
  | 'InvalidPolicyDocument'
  | 'InvalidRange'
  | 'InvalidRequest'
  | 'InvalidStorageClass'
  | 'InvalidTag'
  | 'InvalidToken'
  | 'InvalidURI'
  | 'KeyTooLongError'
  | 'MalformedPOSTRequest'
  | 'MalformedPolicy'
  | 'MalformedXML'
  | 'MaxMessageLengthExceeded'
  | 'MaxPostPreDataLengthExceededError'
  | 'MetadataTooLarge'
  | 'MethodNotAllowed'
  | 'MissingContentLength'
  | 'NoSuchBucket'
  | 'NoSuchBucketPolicy'
  | 'NoSuchCORSConfiguration'
  | 'NoSuchKey'
  | 'NoSuchLifecycleConfiguration'
  | 'NoSuchPublicAccessBlockConfiguration'
  | 'NoSuchTagSet'
  | 'NoSuchUpload'
  | 'NoSuchVersion'
  | 'NoSuchWebsiteConfiguration'
  | 'NotImplemented'
  | 'NotModified'
  | 'ObjectLockConfigurationNotFoundError'
  | 'OperationAborted'
  | 'OwnershipControlsNotFoundError'
  | 'PreconditionFailed'
  | 'ReplicationConfigurationNotFoundError'
  | 'RequestTimeTooSkewed'
  | 'RequestTimeout'
  | 'ServerSideEncryptionConfigurationNotFoundError'
  | 'SignatureDoesNotMatch'
  | 'UserKeyMustBeSpecified'
  | 'XAmzContentSHA256Mismatch'
  // Refusals of the admin API and the commands; S3 never answers these.
  | 'AlreadyExists'
  | 'NotFound'
  | 'SessionEnded'
  | 'StillReferenced'
  | 'TooManyAttempts';

/** What a refusal may say beyond its code. Nothing here may be secret: it goes to the client. */
export interface RefusalDetail {
  /** Replaces the code's standard message: names the thing at fault and the mend. */
  readonly message?: string;
  /** Extra XML elements, AWS's names (`BucketName`, `ArgumentName`, `Region`, `Condition` ...). */
  readonly fields?: Readonly<Record<string, string>>;
  /** Extra response headers (`x-amz-delete-marker`, `Allow`, `Content-Range` ...). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An expected "no": nothing was changed, and the client is told why. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly detail: RefusalDetail;

  constructor(code: RefusalCode, detail: RefusalDetail = {}) {
    super(detail.message ?? code);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
  }
}

/**
 * - `busy`: contention outlasted the retries; try again. 503.
 * - `unavailable`: an engine or keeper cannot be reached, or the process stopped writing. 503.
 * - `unknown`: a commit's outcome is not known. Nothing may be deleted or blindly retried. 500.
 * - `damaged`: bytes did not open or are missing. One code for every such cause. 500.
 * - `failed`: any other engine error. 500.
 */
export type FaultKind = 'busy' | 'unavailable' | 'unknown' | 'damaged' | 'failed';

/** Trouble below: the request cannot be answered, through no fault of the client. */
export class Fault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
    this.kind = kind;
  }
}

/** A broken assumption of ours. */
export class Defect extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Defect';
  }
}

/** Throws a `Defect` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Defect(message);
}
