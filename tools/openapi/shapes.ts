/** The objects of the admin API, as schemas; `operations.ts` holds them to the contract's types. */
import { count, flag, list, map, named, nullable, number, object, oneOf } from './schema.ts';
import { pattern, text, time } from './schema.ts';

export const issuedAccessKey = named(
  'IssuedAccessKey',
  object({ accessKeyId: text, secretKey: text }),
);

export const accountReport = named(
  'AccountReport',
  object({
    name: text,
    id: pattern('^[0-9]{12}$'),
    canonicalId: pattern('^[0-9a-f]{64}$'),
    createdAt: time,
    users: count,
    accessKeys: list(text),
  }),
);

export const userReport = named(
  'UserReport',
  object({
    name: text,
    id: text,
    account: text,
    arn: text,
    createdAt: time,
    policy: nullable(text),
    accessKeys: list(text),
  }),
);

export const accessKeyReport = named(
  'AccessKeyReport',
  object({
    accessKeyId: text,
    account: text,
    user: nullable(text),
    enabled: flag,
    createdAt: time,
  }),
);

export const keysStatus = named(
  'KeysStatus',
  object({
    current: count,
    nextRotation: nullable(time),
    countedAt: time,
    keeper: object({ kind: text, healthy: flag }),
    versions: list(
      object({
        version: count,
        state: oneOf('prepared', 'current', 'retained', 'destroyed'),
        createdAt: time,
        wraps: count,
        references: object({ objectVersions: count, uploads: count, rows: count }),
      }),
    ),
  }),
);

export const rewrapReport = named(
  'RewrapReport',
  object({
    run: count,
    state: oneOf('waiting', 'counting', 'moving', 'complete', 'incomplete', 'stopped', 'failed'),
    version: count,
    bucket: nullable(text),
    prefix: nullable(text),
    startedAt: nullable(time),
    finishedAt: nullable(time),
    rows: nullable(count),
    moved: count,
    rowsPerSecond: number,
    secondsLeft: nullable(number),
    unmoved: object({ rows: count, names: list(text) }),
  }),
);

export const recordReport = named(
  'RecordReport',
  object({
    id: text,
    kind: text,
    madeAt: time,
    text,
    signature: pattern('^[A-Za-z0-9_-]{86}$'),
    verified: flag,
  }),
);

export const madeKitReport = named(
  'MadeKitReport',
  object({
    text,
    kit: pattern('^[0-9a-f]{32}$'),
    store: text,
    madeAt: time,
    generation: count,
    versions: list(count),
    record: recordReport,
  }),
);

const protection = oneOf('none', 'SSE-S3', 'SSE-KMS', 'DSSE-KMS', 'SSE-C');

export const inventoryReport = named(
  'InventoryReport',
  object({
    entries: list(
      object({
        bucket: text,
        key: text,
        versionId: text,
        deleteMarker: flag,
        protection,
        keyVersion: count,
        format: count,
        size: nullable(count),
        lastModified: time,
      }),
    ),
    next: nullable(text),
  }),
);

export const inventorySummary = named(
  'InventorySummary',
  object({
    rows: list(object({ protection, keyVersion: count, versions: count, bytes: count })),
    countedAt: time,
  }),
);

export const verifyReport = named(
  'VerifyReport',
  object({
    checked: count,
    bytes: count,
    findings: list(
      object({
        kind: text,
        row: text,
        bucket: nullable(text),
        key: nullable(text),
        versionId: nullable(text),
        uploadId: nullable(text),
        keyVersion: nullable(count),
        problem: text,
      }),
    ),
    more: count,
    next: nullable(text),
  }),
);

export const sessionReport = named(
  'SessionReport',
  object({
    accessKeyId: text,
    account: text,
    accountId: pattern('^[0-9]{12}$'),
    canonicalId: pattern('^[0-9a-f]{64}$'),
    user: nullable(text),
    arn: text,
    administrator: flag,
    actions: list(text),
    region: text,
    endpoint: text,
    version: text,
    newBuckets: oneOf('modern', 'classic'),
    expiresAt: time,
    idleMs: count,
  }),
);

export const method = oneOf('GET', 'PUT', 'POST', 'DELETE', 'HEAD');

export const presignedRequest = named(
  'PresignedRequest',
  object({ method, url: text, headers: map(text), expiresAt: time }),
);

export const bucketCounts = named(
  'BucketCounts',
  object({
    objects: count,
    versions: count,
    deleteMarkers: count,
    bytes: count,
    uploads: count,
    countedAt: time,
  }),
);

export const emptyReport = named(
  'EmptyReport',
  object({
    state: oneOf('idle', 'running', 'done', 'failed', 'stopped'),
    deleted: count,
    refused: count,
    total: nullable(count),
    error: nullable(text),
    startedAt: nullable(time),
  }),
);

export const overview = named(
  'Overview',
  object({
    now: time,
    startedAt: time,
    version: text,
    node: text,
    workers: count,
    ready: flag,
    disk: object({
      freeBytes: nullable(count),
      totalBytes: nullable(count),
      metadataBytes: count,
    }),
    memoryBytes: count,
    buckets: count,
    accounts: count,
    counters: object({
      requests: map(count),
      errors4xx: count,
      errors5xx: count,
      bytesIn: count,
      bytesOut: count,
    }),
    latency: object({ boundariesMs: list(number), counts: list(count) }),
    keys: object({
      current: count,
      createdAt: time,
      nextRotation: nullable(time),
      rewrap: nullable(rewrapReport),
    }),
  }),
);
