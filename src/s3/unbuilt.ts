/**
 * Operations of AWS's that Coffer does not build: each has its own route, so that its request never
 * falls to a neighbouring handler (`PUT ?acl` must not put an object), and each answers 501
 * NotImplemented with its name. They are authenticated like any other, and touch nothing.
 *
 * Routes: AWS's S3 API reference, checked 2026-11-24 against the service model by
 * `tests/service-model.test.ts`. Actions: "Actions, resources, and condition keys for Amazon S3".
 */
import type { Permission } from '../access/permission.ts';
import { Refusal } from '../base/refusal.ts';
import type { OperationName } from './operation-names.ts';
import { type AnyOperation, type Guarantee, type Route, operation } from './operation.ts';
import { onBucket, onObject } from './pairs.ts';
import type { Target } from './target.ts';

type Unbuilt = readonly [
  name: OperationName,
  method: Route['method'],
  query: string,
  action?: string,
];

/** The query holds names joined by `&`; `name=value` demands that value. */
const onBuckets: readonly Unbuilt[] = [
  [
    'CreateBucketMetadataConfiguration',
    'POST',
    'metadataConfiguration',
    'CreateBucketMetadataTableConfiguration',
  ],
  ['CreateBucketMetadataTableConfiguration', 'POST', 'metadataTable'],
  ['CreateSession', 'GET', 'session', 'CreateSession'],
  ['DeleteBucketAnalyticsConfiguration', 'DELETE', 'analytics&id', 'PutAnalyticsConfiguration'],
  ['DeleteBucketCors', 'DELETE', 'cors', 'PutBucketCORS'],
  [
    'DeleteBucketIntelligentTieringConfiguration',
    'DELETE',
    'intelligent-tiering&id',
    'PutIntelligentTieringConfiguration',
  ],
  ['DeleteBucketInventoryConfiguration', 'DELETE', 'inventory&id', 'PutInventoryConfiguration'],
  ['DeleteBucketLifecycle', 'DELETE', 'lifecycle', 'PutLifecycleConfiguration'],
  [
    'DeleteBucketMetadataConfiguration',
    'DELETE',
    'metadataConfiguration',
    'DeleteBucketMetadataTableConfiguration',
  ],
  ['DeleteBucketMetadataTableConfiguration', 'DELETE', 'metadataTable'],
  ['DeleteBucketMetricsConfiguration', 'DELETE', 'metrics&id', 'PutMetricsConfiguration'],
  ['DeleteBucketReplication', 'DELETE', 'replication', 'PutReplicationConfiguration'],
  ['DeleteBucketWebsite', 'DELETE', 'website'],
  ['GetBucketAbac', 'GET', 'abac'],
  ['GetBucketAnalyticsConfiguration', 'GET', 'analytics&id', 'GetAnalyticsConfiguration'],
  [
    'GetBucketIntelligentTieringConfiguration',
    'GET',
    'intelligent-tiering&id',
    'GetIntelligentTieringConfiguration',
  ],
  ['GetBucketInventoryConfiguration', 'GET', 'inventory&id', 'GetInventoryConfiguration'],
  [
    'GetBucketMetadataConfiguration',
    'GET',
    'metadataConfiguration',
    'GetBucketMetadataTableConfiguration',
  ],
  ['GetBucketMetadataTableConfiguration', 'GET', 'metadataTable'],
  ['GetBucketMetricsConfiguration', 'GET', 'metrics&id', 'GetMetricsConfiguration'],
  ['ListBucketAnalyticsConfigurations', 'GET', 'analytics', 'GetAnalyticsConfiguration'],
  [
    'ListBucketIntelligentTieringConfigurations',
    'GET',
    'intelligent-tiering',
    'GetIntelligentTieringConfiguration',
  ],
  ['ListBucketInventoryConfigurations', 'GET', 'inventory', 'GetInventoryConfiguration'],
  ['ListBucketMetricsConfigurations', 'GET', 'metrics', 'GetMetricsConfiguration'],
  ['PutBucketAbac', 'PUT', 'abac'],
  ['PutBucketAccelerateConfiguration', 'PUT', 'accelerate', 'PutAccelerateConfiguration'],
  ['PutBucketAcl', 'PUT', 'acl'],
  ['PutBucketAnalyticsConfiguration', 'PUT', 'analytics&id', 'PutAnalyticsConfiguration'],
  ['PutBucketCors', 'PUT', 'cors', 'PutBucketCORS'],
  [
    'PutBucketIntelligentTieringConfiguration',
    'PUT',
    'intelligent-tiering&id',
    'PutIntelligentTieringConfiguration',
  ],
  ['PutBucketInventoryConfiguration', 'PUT', 'inventory&id', 'PutInventoryConfiguration'],
  ['PutBucketLifecycleConfiguration', 'PUT', 'lifecycle', 'PutLifecycleConfiguration'],
  ['PutBucketLogging', 'PUT', 'logging'],
  ['PutBucketMetricsConfiguration', 'PUT', 'metrics&id', 'PutMetricsConfiguration'],
  ['PutBucketNotificationConfiguration', 'PUT', 'notification', 'PutBucketNotification'],
  ['PutBucketReplication', 'PUT', 'replication', 'PutReplicationConfiguration'],
  ['PutBucketRequestPayment', 'PUT', 'requestPayment'],
  ['PutBucketWebsite', 'PUT', 'website'],
  ['PutObjectLockConfiguration', 'PUT', 'object-lock', 'PutBucketObjectLockConfiguration'],
  ['UpdateBucketMetadataAnnotationTableConfiguration', 'PUT', 'metadataAnnotationTable'],
  ['UpdateBucketMetadataInventoryTableConfiguration', 'PUT', 'metadataInventoryTable'],
  ['UpdateBucketMetadataJournalTableConfiguration', 'PUT', 'metadataJournalTable'],
];

const onObjects: readonly Unbuilt[] = [
  ['DeleteObjectAnnotation', 'DELETE', 'annotation&annotationName'],
  ['GetObjectAnnotation', 'GET', 'annotation&annotationName'],
  ['GetObjectLegalHold', 'GET', 'legal-hold'],
  ['GetObjectRetention', 'GET', 'retention'],
  ['GetObjectTorrent', 'GET', 'torrent'],
  ['ListObjectAnnotations', 'GET', 'annotation'],
  ['PutObjectAcl', 'PUT', 'acl'],
  ['PutObjectAnnotation', 'PUT', 'annotation&annotationName'],
  ['PutObjectLegalHold', 'PUT', 'legal-hold'],
  ['PutObjectRetention', 'PUT', 'retention'],
  ['RenameObject', 'PUT', 'renameObject', 'CreateSession'],
  ['RestoreObject', 'POST', 'restore'],
  ['SelectObjectContent', 'POST', 'select&select-type=2', 'GetObject'],
  ['UpdateObjectEncryption', 'PUT', 'encryption'],
];

const allGuarantees: readonly Guarantee[] = [
  'sse',
  'checksum',
  'acl',
  'tagging',
  'storage-class',
  'metadata',
  'conditional-write',
  'conditional-read',
];

/** Every operation that answers 501 by its name. */
export const unbuiltOperations: readonly AnyOperation[] = [
  ...onBuckets.map((row) => unbuilt(row[0], routeOf('bucket', row), row[3])),
  ...onObjects.map((row) => unbuilt(row[0], routeOf('object', row), row[3])),
  // ListBuckets' twin for directory buckets lives on an endpoint of its own; only this tells them apart.
  unbuilt(
    'ListDirectoryBuckets',
    { method: 'GET', resource: 'service', query: ['max-directory-buckets'] },
    'ListAllMyDirectoryBuckets',
  ),
  // Its path, /WriteGetObjectResponse, reads like a bucket's.
  unbuilt('WriteGetObjectResponse', {
    method: 'POST',
    resource: 'bucket',
    header: 'x-amz-request-route',
  }),
];

function unbuilt(name: OperationName, route: Route, action: string = name): AnyOperation {
  return operation<undefined, undefined>({
    name,
    route,
    body: route.method === 'PUT' || route.method === 'POST' ? 'document' : 'none',
    gives: allGuarantees,
    input: () => refuse(name),
    permissions: (_, { target }) => [pair(`s3:${action}`, target)],
    run: () => refuse(name),
    output: () => refuse(name),
  });
}

function refuse(name: OperationName): never {
  throw new Refusal('NotImplemented', { message: `${name} is not implemented.` });
}

function pair(action: string, { bucket, key }: Target): Permission {
  if (bucket === undefined) return { action, resource: '*' };
  return key === undefined ? onBucket(action, bucket) : onObject(action, { bucket, key });
}

function routeOf(resource: 'bucket' | 'object', [, method, query]: Unbuilt): Route {
  const names = query.split('&');
  const [name, value] = names.find((part) => part.includes('='))?.split('=') ?? [];
  const bare = names.filter((part) => !part.includes('='));
  return name === undefined || value === undefined
    ? { method, resource, query: bare }
    : { method, resource, query: bare, queryValue: [name, value] };
}
