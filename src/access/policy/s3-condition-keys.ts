/** The `s3:` half of the condition keys: see `condition-keys.ts`. */
import type { ConditionKey } from './condition-keys.ts';

type Row = Omit<ConditionKey, 'name' | 'support'>;
const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const supported = (name: string, row: Row): ConditionKey => ({
  name: `s3:${name}`,
  support: 'supported',
  ...row,
});

const refused = (
  names: string,
  note: string,
  type: ConditionKey['type'] = 'String',
): ConditionKey[] =>
  words(names).map((name) => ({ name: `s3:${name}`, type, support: 'refused', note }));

/** A key that is the request header of its own name. */
const header = (
  name: string,
  actions: readonly string[],
  type: ConditionKey['type'] = 'String',
): ConditionKey => supported(name, { type, note: `header \`${name}\``, actions });

const listActions = words('ListBucket ListBucketVersions');
const grantActions = words(`
  BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl PutObjectVersionAcl
`);
const putOrBypass = words('BypassGovernanceRetention PutObject');
const tagActions = words(`
  BypassGovernanceRetention PutObject PutObjectTagging PutObjectVersionTagging
`);
const encryptionActions = words(`
  BypassGovernanceRetention PutObject ReplicateObject UpdateObjectEncryption
`);
const retentionActions = words('PutObject PutObjectRetention');
const versionActions = words(`
  DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetObjectVersion
  GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAttributes
  GetObjectVersionTagging GetObjectVersionTorrent ListObjectVersionAnnotations
  PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging
`);
const existingTagActions = words(`
  DeleteObjectAnnotation DeleteObjectTagging DeleteObjectVersionAnnotation
  DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes
  GetObjectTagging GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation
  GetObjectVersionAttributes GetObjectVersionTagging ListObjectAnnotations
  ListObjectVersionAnnotations PutObjectAcl PutObjectAnnotation PutObjectTagging
  PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging UpdateObjectEncryption
`);

const taggingBody = {
  actions: words('PutObjectTagging PutObjectVersionTagging'),
  marker: 's3:requestobjecttagkeys',
};

const notBuilt = (what: string): string => `Coffer has no ${what}`;

export const s3Keys: readonly ConditionKey[] = [
  supported('authType', {
    type: 'String',
    note: 'how the request was signed: `REST-HEADER`, `REST-QUERY-STRING` or `POST`; absent for the anonymous',
  }),
  supported('signatureversion', {
    type: 'String',
    note: '`AWS4-HMAC-SHA256`; absent for the anonymous',
  }),
  supported('signatureAge', {
    type: 'Numeric',
    note: 'milliseconds since the request was signed; absent for the anonymous',
  }),
  supported('ResourceAccount', { type: 'String', note: "the bucket's account id" }),
  supported('prefix', { type: 'String', note: 'query `prefix`', actions: listActions }),
  supported('delimiter', { type: 'String', note: 'query `delimiter`', actions: listActions }),
  supported('max-keys', {
    type: 'Numeric',
    note: 'query `max-keys`, 1000 where it is not given',
    actions: listActions,
  }),
  supported('versionid', { type: 'String', note: 'query `versionId`', actions: versionActions }),
  supported('x-amz-content-sha256', { type: 'String', note: 'header `x-amz-content-sha256`' }),
  header('x-amz-server-side-encryption', encryptionActions),
  header('x-amz-server-side-encryption-aws-kms-key-id', encryptionActions, 'ARN'),
  header(
    'x-amz-server-side-encryption-customer-algorithm',
    words('BypassGovernanceRetention PutObject ReplicateObject'),
  ),
  header('x-amz-acl', [...grantActions, 'CreateAccessPoint']),
  header('x-amz-grant-full-control', grantActions),
  header('x-amz-grant-read', grantActions),
  header('x-amz-grant-read-acp', grantActions),
  header('x-amz-grant-write', grantActions),
  header('x-amz-grant-write-acp', grantActions),
  header(
    'x-amz-storage-class',
    words('BypassGovernanceRetention PutObject PutObjectAcl PutObjectVersionAcl'),
  ),
  header('x-amz-metadata-directive', putOrBypass),
  header('x-amz-website-redirect-location', putOrBypass),
  header('x-amz-object-annotation-directive', ['PutObject']),
  header('x-amz-object-ownership', ['CreateBucket']),
  header('x-amz-bucket-namespace', ['CreateBucket']),
  header(
    'x-amz-object-if-match',
    words(`
      DeleteObjectAnnotation DeleteObjectVersionAnnotation PutObjectAnnotation
      PutObjectVersionAnnotation
    `),
  ),
  supported('x-amz-copy-source', {
    type: 'String',
    note: 'header `x-amz-copy-source`, URL-decoded and without a leading slash: `bucket/key`, with `?versionId=` where given',
    actions: putOrBypass,
  }),
  supported('if-match', {
    type: 'String',
    note: 'header `If-Match`',
    actions: words('DeleteObject PutObject'),
  }),
  supported('if-none-match', {
    type: 'String',
    note: 'header `If-None-Match`',
    actions: ['PutObject'],
  }),
  supported('object-lock-mode', {
    type: 'String',
    note: 'header `x-amz-object-lock-mode`',
    actions: retentionActions,
  }),
  supported('object-lock-retain-until-date', {
    type: 'Date',
    note: 'header `x-amz-object-lock-retain-until-date`',
    actions: retentionActions,
  }),
  supported('object-lock-legal-hold', {
    type: 'String',
    note: 'header `x-amz-object-lock-legal-hold`',
    actions: words('PutObject PutObjectLegalHold'),
  }),
  supported('ObjectCreationOperation', {
    type: 'Bool',
    note: '`false` for CreateMultipartUpload, UploadPart and UploadPartCopy, `true` for what makes an object',
    actions: ['PutObject'],
  }),
  supported('RequestObjectTag/<key>', {
    type: 'String',
    note: 'header `x-amz-tagging`, or the tags in the body',
    actions: tagActions,
    handedIn: taggingBody,
  }),
  supported('RequestObjectTagKeys', {
    type: 'ArrayOfString',
    note: 'header `x-amz-tagging`, or the tags in the body',
    actions: tagActions,
    handedIn: taggingBody,
  }),
  supported('ExistingObjectTag/<key>', {
    type: 'String',
    note: 'the tags of the stored object',
    actions: existingTagActions,
    handedIn: { actions: existingTagActions, marker: 's3:existingobjecttag' },
  }),
  supported('locationconstraint', {
    type: 'String',
    note: "LocationConstraint in CreateBucket's body",
    actions: words('CreateAccessPoint CreateBucket'),
    handedIn: { actions: ['CreateBucket'], marker: 's3:locationconstraint' },
  }),
  ...refused('TlsVersion', 'a proxy in front of Coffer ends TLS without saying which', 'Numeric'),
  ...refused(
    'object-lock-remaining-retention-days object-lock-event-hold-duration-days',
    notBuilt('object lock'),
    'Numeric',
  ),
  ...refused('object-lock-event-hold', notBuilt('object lock')),
  ...refused('BucketTag/<key>', notBuilt('access by bucket tag')),
  ...refused(
    'AccessPointNetworkOrigin AccessPointTag/<key> DataAccessPointAccount',
    notBuilt('access points'),
  ),
  ...refused('DataAccessPointArn', notBuilt('access points'), 'ARN'),
  ...refused('AccessGrantScope AccessGrantsLocationScope', notBuilt('access grants')),
  ...refused('AccessGrantsInstanceArn', notBuilt('access grants'), 'ARN'),
  ...refused('ExistingJobOperation JobSuspendedCause RequestJobOperation', notBuilt('batch jobs')),
  ...refused('ExistingJobPriority RequestJobPriority', notBuilt('batch jobs'), 'Numeric'),
  ...refused('InventoryAccessibleOptionalFields', notBuilt('inventory reports'), 'ArrayOfString'),
  ...refused('annotation-prefix', notBuilt('annotations')),
  ...refused('max-annotation-results', notBuilt('annotations'), 'Numeric'),
  ...refused('deliverySourceArn resourceArnBeingAuthorized', notBuilt('log delivery'), 'ARN'),
  ...refused('logType', notBuilt('log delivery')),
  ...refused('destinationRegion', notBuilt('replication')),
  ...refused('isReplicationPauseRequest', notBuilt('replication'), 'Bool'),
];
