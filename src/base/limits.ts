/**
 * The limits, named with their units (units stand last). A limit of the S3 protocol carries AWS's
 * value ("Amazon S3 multipart upload limits", "Object key naming", "Bucket quotas"; checked
 * 2026-11-24); a limit of ours says what it bounds. Nothing that a client sends is unbounded: what
 * only one parser knows of (its depth, its elements) is bounded where it is parsed.
 */

const KiB = 1024;
export const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;

/** What the S3 protocol allows (S3-BEHAVIOURS 25 and 28). */
export const s3Limits = {
  /** An object key, in bytes of UTF-8. */
  keyBytesMax: 1024,
  /** One PutObject, UploadPart or PostObject. */
  putBytesMax: 5 * GiB,
  /** Every part but the last. */
  partBytesMin: 5 * MiB,
  partNumberMax: 10_000,
  /** 10,000 parts of 5 GiB: what AWS calls 48.8 TiB. */
  objectBytesMax: 10_000 * 5 * GiB,
  /** The source of one CopyObject. */
  copyBytesMax: 5 * GiB,
  /** Names and values of all `x-amz-meta-*` headers together, in bytes of UTF-8. */
  userMetadataBytesMax: 2 * KiB,
  objectTagsMax: 10,
  bucketTagsMax: 50,
  /** In UTF-16 code units, as AWS counts. */
  tagKeyCharsMax: 128,
  tagValueCharsMax: 256,
  /** Keys on a page of a listing; parts and uploads likewise. */
  listEntriesMax: 1000,
  bucketsPerPageMax: 10_000,
  deleteObjectsMax: 1000,
  /** A bucket's policy; Coffer holds a user's to the same. */
  policyBytesMax: 20 * KiB,
  /** Seven days. */
  presignSecondsMax: 604_800,
  /** Beyond it a request is RequestTimeTooSkewed. */
  clockSkewSecondsMax: 15 * 60,
} as const;

/** What our parsers take before they refuse. */
export const parserLimits = {
  /** An XML document. */
  xmlBytesMax: 1 * MiB,
  /** One that lists: 1,000 keys of 1,024 bytes to delete, 10,000 parts with a checksum each. */
  xmlListBytesMax: 2 * MiB,
  /** The fields of a POST form before `file`, AWS's 20 KB. */
  postFieldsBytesMax: 20_000,
  /** The size line of one aws-chunked chunk with its signature. */
  chunkHeaderBytesMax: 1 * KiB,
  /** All trailers of an aws-chunked body. */
  trailerBytesMax: 4 * KiB,
  /** No operation has more than some forty; a bound keeps every later search over them small. */
  queryParametersMax: 256,
  /** A JSON document of the admin API. */
  adminDocumentBytesMax: 1 * MiB,
} as const;

/** What `http/` allows on a socket. */
export const httpLimits = {
  /** Request line and headers together. AWS allows 8 KiB of headers; URIs may be 8 KiB more. */
  headerBytesMax: 32 * KiB,
  /** From the first moment of a connection or request to the end of its headers. */
  headersMsMax: 30_000,
  /** A TLS handshake. */
  handshakeMsMax: 15_000,
  /** Between two requests of one connection; longer than the usual 60 s of load balancers. */
  keepAliveIdleMsMax: 75_000,
  /** The least a client must send or take, averaged over a window of the time we wait for it. */
  progressBytesPerSecondMin: 1 * KiB,
  progressWindowMs: 30_000,
  /** The rest of an unread body that is read and dropped so that the connection can be kept. */
  drainBytesMax: 256 * KiB,
  /** How long a closing connection still takes what the client was sending, so it sees the reply. */
  lingerMsMax: 2_000,
  lingerBytesMax: 64 * MiB,
  /** Open sockets of one process. */
  connectionsMax: 20_000,
  /** What a socket may buffer in each direction before it waits. */
  socketBufferBytes: 128 * KiB,
} as const;

/** How a server ends. */
export const shutdownLimits = {
  /** Requests in flight may take this long after SIGTERM. */
  graceMsMax: 30_000,
  /** A second signal within this time is the same one (npm forwards what its group also got). */
  repeatedSignalMs: 1_000,
} as const;
