/**
 * Every error as S3 tells it: AWS's code, status and text ("Error responses", S3 API reference,
 * 2026-11-24), in AWS's XML. Clients match codes and some match texts (S3-BEHAVIOURS 8 and 23).
 *
 * A Fault or Defect tells the client nothing but that it happened: what was wrong stands in the log
 * under the request's id.
 */
import { Fault, Refusal, type RefusalCode } from '../base/refusal.ts';
import type { HttpReply } from '../http/exchange.ts';
import { plainXmlDocument, textElement, xmlContentType } from './xml/write.ts';

/** Where an error happened. */
export interface ErrorPlace {
  /** The path as the client sent it. */
  readonly resource: string;
  readonly requestId: string;
  readonly hostId: string;
  /** A HEAD request: its reply has no body. */
  readonly head: boolean;
}

/** The reply for whatever was thrown. */
export function errorReply(error: unknown, place: ErrorPlace): HttpReply {
  const { code, status, message, fields, headers } = describe(error);
  const common = { 'x-amz-request-id': place.requestId, 'x-amz-id-2': place.hostId, ...headers };
  if (place.head || status === 304) return { status, headers: common };
  return {
    status,
    headers: { ...common, 'Content-Type': xmlContentType },
    body: errorDocument({ code, message, fields }, place),
  };
}

/** An `Error` document; CompleteMultipartUpload may have to send one inside a 200 (S3-BEHAVIOURS 10). */
export function errorDocument(
  error: Pick<ErrorFacts, 'code' | 'message' | 'fields'>,
  place: Omit<ErrorPlace, 'head'>,
): string {
  let extra = '';
  for (const [name, value] of Object.entries(error.fields)) extra += textElement(name, value);
  return plainXmlDocument(
    'Error',
    textElement('Code', error.code) +
      textElement('Message', error.message) +
      extra +
      textElement('Resource', place.resource) +
      textElement('RequestId', place.requestId) +
      textElement('HostId', place.hostId),
  );
}

/** What the client is told of an error. */
export interface ErrorFacts {
  /** AWS's code: in the XML, and the label of metrics and log. */
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Code, status and text of whatever was thrown. */
export function describe(error: unknown): ErrorFacts {
  if (error instanceof Refusal) {
    const standard = refusals[error.code];
    return {
      code: standard.code ?? error.code,
      status: standard.status,
      message: error.detail.message ?? standard.message,
      fields: error.detail.fields ?? none,
      headers: error.detail.headers ?? none,
    };
  }
  if (error instanceof Fault && (error.kind === 'busy' || error.kind === 'unavailable')) {
    return slowDown;
  }
  return internalError;
}

const none = {};

const slowDown: ErrorFacts = {
  code: 'SlowDown',
  status: 503,
  message: 'Please reduce your request rate.',
  fields: none,
  headers: { 'Retry-After': '1' },
};

const internalError: ErrorFacts = {
  code: 'InternalError',
  status: 500,
  message: 'We encountered an internal error. Please try again.',
  fields: none,
  headers: none,
};

interface Standard {
  readonly status: number;
  readonly message: string;
  /** AWS's code, where it is not the refusal's own. */
  readonly code?: string;
}

const refusals: Readonly<Record<RefusalCode, Standard>> = {
  AccessControlListNotSupported: { status: 400, message: 'The bucket does not allow ACLs' },
  AccessDenied: { status: 403, message: 'Access Denied' },
  AuthorizationHeaderMalformed: {
    status: 400,
    message: 'The authorization header that you provided is not valid.',
  },
  AuthorizationQueryParametersError: {
    status: 400,
    message: 'The authorization query parameters that you provided are not valid.',
  },
  BadDigest: {
    status: 400,
    message: 'The Content-MD5 you specified did not match what we received.',
  },
  BadRequest: { status: 400, message: 'An error occurred when parsing the HTTP request.' },
  BucketAlreadyExists: {
    status: 409,
    message:
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
  },
  BucketAlreadyOwnedByYou: {
    status: 409,
    message: 'Your previous request to create the named bucket succeeded and you already own it.',
  },
  BucketNotEmpty: { status: 409, message: 'The bucket you tried to delete is not empty' },
  EntityTooLarge: {
    status: 400,
    message: 'Your proposed upload exceeds the maximum allowed size',
  },
  EntityTooSmall: {
    status: 400,
    message: 'Your proposed upload is smaller than the minimum allowed size',
  },
  ExpiredPresignRequest: { code: 'AccessDenied', status: 403, message: 'Request has expired' },
  IllegalLocationConstraintException: {
    status: 400,
    message:
      'The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.',
  },
  IncompleteBody: {
    status: 400,
    message: 'You did not provide the number of bytes specified by the Content-Length HTTP header',
  },
  InsufficientStorage: {
    status: 507,
    message: 'There is not enough storage space to complete the request.',
  },
  InvalidAccessKeyId: {
    status: 403,
    message: 'The AWS Access Key Id you provided does not exist in our records.',
  },
  InvalidArgument: { status: 400, message: 'Invalid Argument' },
  InvalidBucketName: { status: 400, message: 'The specified bucket is not valid.' },
  InvalidDigest: { status: 400, message: 'The Content-MD5 you specified was invalid.' },
  InvalidEncryptionAlgorithmError: {
    status: 400,
    message: 'The encryption request that you specified is not valid. The valid value is AES256.',
  },
  InvalidPart: {
    status: 400,
    message:
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  },
  InvalidPartNumber: { status: 416, message: 'The requested partnumber is not satisfiable' },
  InvalidPartOrder: {
    status: 400,
    message: 'The list of parts was not in ascending order. Parts must be ordered by part number.',
  },
  InvalidPolicyDocument: {
    status: 400,
    message:
      'The content of the form does not meet the conditions specified in the policy document.',
  },
  InvalidRange: { status: 416, message: 'The requested range is not satisfiable' },
  InvalidRequest: { status: 400, message: 'Invalid Request' },
  InvalidStorageClass: { status: 400, message: 'The storage class you specified is not valid' },
  InvalidTag: {
    status: 400,
    message:
      'The tag provided was not a valid tag. This error can occur if the tag did not pass input validation.',
  },
  InvalidToken: {
    status: 400,
    message: 'The provided token is malformed or otherwise invalid.',
  },
  InvalidURI: { status: 400, message: "Couldn't parse the specified URI." },
  KeyTooLongError: { status: 400, message: 'Your key is too long' },
  MalformedPOSTRequest: {
    status: 400,
    message: 'The body of your POST request is not well-formed multipart/form-data.',
  },
  MalformedPolicy: { status: 400, message: 'This policy contains invalid Json' },
  MalformedXML: {
    status: 400,
    message:
      'The XML you provided was not well-formed or did not validate against our published schema',
  },
  MaxMessageLengthExceeded: { status: 400, message: 'Your request was too big.' },
  MaxPostPreDataLengthExceededError: {
    status: 400,
    message: 'Your POST request fields preceding the upload file were too large.',
  },
  MetadataTooLarge: {
    status: 400,
    message: 'Your metadata headers exceed the maximum allowed metadata size',
  },
  MethodNotAllowed: {
    status: 405,
    message: 'The specified method is not allowed against this resource.',
  },
  MissingContentLength: {
    status: 411,
    message: 'You must provide the Content-Length HTTP header.',
  },
  NoSuchBucket: { status: 404, message: 'The specified bucket does not exist' },
  NoSuchBucketPolicy: { status: 404, message: 'The bucket policy does not exist' },
  NoSuchCORSConfiguration: { status: 404, message: 'The CORS configuration does not exist' },
  NoSuchKey: { status: 404, message: 'The specified key does not exist.' },
  NoSuchLifecycleConfiguration: {
    status: 404,
    message: 'The lifecycle configuration does not exist',
  },
  NoSuchPublicAccessBlockConfiguration: {
    status: 404,
    message: 'The public access block configuration was not found',
  },
  NoSuchTagSet: { status: 404, message: 'The TagSet does not exist' },
  NoSuchUpload: {
    status: 404,
    message:
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  },
  NoSuchVersion: { status: 404, message: 'The specified version does not exist.' },
  NoSuchWebsiteConfiguration: {
    status: 404,
    message: 'The specified bucket does not have a website configuration',
  },
  NotImplemented: {
    status: 501,
    message: 'A header you provided implies functionality that is not implemented',
  },
  NotModified: { status: 304, message: 'Not Modified' },
  ObjectLockConfigurationNotFoundError: {
    status: 404,
    message: 'Object Lock configuration does not exist for this bucket',
  },
  OperationAborted: {
    status: 409,
    message:
      'A conflicting conditional operation is currently in progress against this resource. Please try again.',
  },
  OwnershipControlsNotFoundError: {
    status: 404,
    message: 'The bucket ownership controls were not found',
  },
  PreconditionFailed: {
    status: 412,
    message: 'At least one of the pre-conditions you specified did not hold',
  },
  ReplicationConfigurationNotFoundError: {
    status: 404,
    message: 'The replication configuration was not found',
  },
  RequestTimeTooSkewed: {
    status: 403,
    message: 'The difference between the request time and the current time is too large.',
  },
  RequestTimeout: {
    status: 400,
    message:
      'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
  },
  ServerSideEncryptionConfigurationNotFoundError: {
    status: 404,
    message: 'The server side encryption configuration was not found',
  },
  SignatureDoesNotMatch: {
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  },
  UserKeyMustBeSpecified: {
    status: 400,
    message:
      'The bucket POST must contain the specified field name. If it is specified, check the order of the fields.',
  },
  XAmzContentSHA256Mismatch: {
    status: 400,
    message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
  },
  // The admin API has error replies of its own; these only keep the table whole.
  AlreadyExists: { status: 409, message: 'It exists already.' },
  NotFound: { status: 404, message: 'There is no such thing.' },
  SessionEnded: { status: 401, message: 'The session has ended.' },
  StillReferenced: { status: 409, message: 'It is still in use.' },
  TooManyAttempts: { status: 429, message: 'There were too many failed attempts.' },
};
