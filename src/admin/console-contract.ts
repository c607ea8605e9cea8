/**
 * The part of the contract (contract.ts) that the console needs beside what commands use: sessions,
 * presigned requests, counts and jobs on buckets, the overview. Types only.
 *
 * A browser signs in once with an access key and from then on sends the session's cookie,
 * `coffer-session`, instead of a signature. Every request of a session that is not a GET, and the one
 * that signs in, carries the header `x-coffer-console: 1`. A cookie that is no good any more is
 * answered 401 `SessionEnded`, and so is a request with that header and neither cookie nor signature.
 * A request with the header `x-coffer-background`, of whatever value, such as a live chart's, keeps no
 * session from being idle.
 */

import type { RewrapReport } from './keys-contract.ts';

export interface ConsoleOperations {
  /** The one operation without credentials: they are its body. Sets the cookie. */
  CreateSession: {
    readonly route: 'POST /admin/v1/session';
    readonly body: { readonly accessKeyId: string; readonly secretKey: string };
    readonly reply: SessionReport;
  };
  GetSession: {
    readonly route: 'GET /admin/v1/session';
    readonly reply: SessionReport;
  };
  /** Signs this browser out. */
  DeleteSession: {
    readonly route: 'DELETE /admin/v1/session';
    readonly reply: undefined;
  };
  /** Ends every session of the caller's identity, this one too. */
  DeleteSessions: {
    readonly route: 'DELETE /admin/v1/sessions';
    readonly reply: undefined;
  };
  /** Signs a request to the S3 endpoint with the caller's own credentials. */
  Presign: {
    readonly route: 'POST /admin/v1/presign';
    readonly body: PresignRequest;
    readonly reply: PresignedRequest;
  };
  GetOverview: {
    readonly route: 'GET /admin/v1/overview';
    readonly reply: Overview;
  };
  /** Asks for `s3:ListBucketVersions` on the bucket; the owner's account or administrators only. */
  GetBucketCounts: {
    readonly route: 'GET /admin/v1/buckets/{bucket}/counts';
    readonly path: { readonly bucket: string };
    readonly reply: BucketCounts;
  };
  /** Starts to remove everything in the bucket that the caller may delete, or joins who does. */
  EmptyBucket: {
    readonly route: 'POST /admin/v1/buckets/{bucket}/empty';
    readonly path: { readonly bucket: string };
    readonly body: Readonly<Record<string, never>>;
    readonly reply: EmptyReport;
  };
  GetEmptyStatus: {
    readonly route: 'GET /admin/v1/buckets/{bucket}/empty';
    readonly path: { readonly bucket: string };
    readonly reply: EmptyReport;
  };
  /** The inventory, counted; of another account than the default one, only its own buckets. */
  SummarizeInventory: {
    readonly route: 'GET /admin/v1/inventory/summary';
    readonly query: {
      readonly bucket?: string;
      /** Keys that begin with it. */
      readonly prefix?: string;
    };
    readonly reply: InventorySummary;
  };
}

/** Who is signed in, and where. */
export interface SessionReport {
  readonly accessKeyId: string;
  /** The account's name. */
  readonly account: string;
  /** 12 digits. */
  readonly accountId: string;
  readonly canonicalId: string;
  /** Null: the account's root. */
  readonly user: string | null;
  readonly arn: string;
  readonly administrator: boolean;
  /**
   * The admin operations, `coffer:GetKeysStatus` …, that this identity may ask for: to show and hide
   * by. The server decides again each time, and on which account or user.
   */
  readonly actions: readonly string[];
  readonly region: string;
  /** The S3 endpoint as the browser reaches it: scheme, host and port, no slash at the end. */
  readonly endpoint: string;
  /** Coffer's. */
  readonly version: string;
  readonly newBuckets: 'modern' | 'classic';
  /** When the session ends whatever is done; for a signed request, the time of the reply. */
  readonly expiresAt: string;
  /** Without a request for so long, it ends before. */
  readonly idleMs: number;
}

export interface PresignRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  /** Without it, the account's level: ListBuckets. */
  readonly bucket?: string;
  /** Only with `bucket`; as it is, not encoded. */
  readonly key?: string;
  /** Subresources and parameters, not encoded: `{"uploads": ""}`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Headers that are signed: the request must be sent with exactly them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds, 1 to 604,800; 900 where it is absent. */
  readonly expires?: number;
}

export interface PresignedRequest {
  readonly method: PresignRequest['method'];
  readonly url: string;
  /**
   * To be sent exactly so. Text beyond ASCII stands here as the bytes of its UTF-8, one character
   * each, which is what `fetch` takes.
   */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

export interface BucketCounts {
  /** Keys whose latest version is not a delete marker. */
  readonly objects: number;
  /** Delete markers not among them. */
  readonly versions: number;
  readonly deleteMarkers: number;
  /** Of all versions. */
  readonly bytes: number;
  /** Multipart uploads that are neither completed nor aborted. */
  readonly uploads: number;
  readonly countedAt: string;
}

export interface EmptyReport {
  /** `idle`: nobody asked since the server started; `stopped`: its identity may no longer act. */
  readonly state: 'idle' | 'running' | 'done' | 'failed' | 'stopped';
  /** Versions, delete markers and uploads that are gone. */
  readonly deleted: number;
  /** Those that the identity may not delete. */
  readonly refused: number;
  /** As counted when it began; null before that. */
  readonly total: number | null;
  /** A sentence. */
  readonly error: string | null;
  readonly startedAt: string | null;
}

export interface InventorySummary {
  readonly rows: readonly InventorySummaryRow[];
  readonly countedAt: string;
}

export interface InventorySummaryRow {
  /** `none`: what the inventory lists without requested encryption (it is sealed all the same). */
  readonly protection: 'none' | 'SSE-S3' | 'SSE-KMS' | 'DSSE-KMS' | 'SSE-C';
  /** Of the master key that wraps the data keys. */
  readonly keyVersion: number;
  /** Delete markers not among them. */
  readonly versions: number;
  readonly bytes: number;
}

export interface Overview {
  readonly now: string;
  readonly startedAt: string;
  /** Coffer's. */
  readonly version: string;
  /** The runtime's. */
  readonly node: string;
  /** Processes that serve the S3 port. */
  readonly workers: number;
  readonly ready: boolean;
  readonly disk: {
    /** Of the file system of the data folder; null where it cannot be told. */
    readonly freeBytes: number | null;
    readonly totalBytes: number | null;
    readonly metadataBytes: number;
  };
  /** Resident, of all processes. */
  readonly memoryBytes: number;
  readonly buckets: number;
  readonly accounts: number;
  /** Of S3 requests since the start, of all processes: two of them make a rate. */
  readonly counters: {
    /** By operation. */
    readonly requests: Readonly<Record<string, number>>;
    readonly errors4xx: number;
    readonly errors5xx: number;
    readonly bytesIn: number;
    readonly bytesOut: number;
  };
  /** Of S3 requests since the start: how many took at most so long; the last count is of all. */
  readonly latency: {
    readonly boundariesMs: readonly number[];
    readonly counts: readonly number[];
  };
  readonly keys: {
    /** The version that seals what is written now. */
    readonly current: number;
    readonly createdAt: string;
    /** Null: none is planned. */
    readonly nextRotation: string | null;
    /** The latest re-wrap; null where none ran since the start. */
    readonly rewrap: RewrapReport | null;
  };
}
