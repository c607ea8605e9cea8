/**
 * Every action of S3 with the kind of resource it is asked about (AWS Service Authorization
 * Reference, "Actions, resources, and condition keys for Amazon S3", checked 2026-11-24). An action
 * that Coffer does not serve is still a valid word in a policy. Actions of Coffer's own admin API
 * (`coffer:RotateKeys`) are an open list: any name of the right form.
 */

/**
 * - `bucket`, `object`: asked about a bucket's or an object's ARN.
 * - `none`: asked about the account (`s3:ListAllMyBuckets`).
 * - `other`: asked about access points, jobs, grants ...: things that Coffer does not have.
 */
export type ResourceKind = 'bucket' | 'object' | 'none' | 'other';

/** `s3:GetObject` → `object`. Names as AWS spells them, prefix included. */
export function s3Actions(): ReadonlyMap<string, ResourceKind> {
  return table;
}

/** An admin action with wildcards anywhere in its name, in lower case as policies are compiled. */
export const cofferActionPattern = /^coffer:[a-z*?]{1,64}$/;

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const bucketActions = words(`
  AllowVendedLogDeliveryForResource CreateBucket CreateBucketMetadataTableConfiguration
  DeleteBucket DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite
  GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS
  GetBucketLocation GetBucketLogging GetBucketMetadataTableConfiguration GetBucketNotification
  GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy
  GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging
  GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
  GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration
  GetMetricsConfiguration GetReplicationConfiguration ListBucket ListBucketMultipartUploads
  ListBucketVersions ListTagsForResource PauseReplication PutAccelerateConfiguration
  PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging
  PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls
  PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging
  PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
  PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
  PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource
  UpdateBucketMetadataAnnotationTableConfiguration
  UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration
`);

const objectActions = words(`
  AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectAnnotation
  DeleteObjectTagging DeleteObjectVersion DeleteObjectVersionAnnotation
  DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes
  GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion
  GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAnnotationForReplication
  GetObjectVersionAttributes GetObjectVersionForReplication GetObjectVersionTagging
  GetObjectVersionTorrent InitiateReplication ListMultipartUploadParts ListObjectAnnotations
  ListObjectVersionAnnotations ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl
  PutObjectAnnotation PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersionAcl
  PutObjectVersionAnnotation PutObjectVersionTagging ReplicateDelete ReplicateObject
  ReplicateObjectAnnotation ReplicateTags RestoreObject UpdateObjectEncryption
`);

const noneActions = words(`
  CreateJob CreateStorageLensGroup GetAccessPoint GetAccountPublicAccessBlock
  ListAccessGrantsInstances ListAccessPoints ListAccessPointsForObjectLambda ListAllMyBuckets
  ListJobs ListMultiRegionAccessPoints ListStorageLensConfigurations ListStorageLensGroups
  PutAccessPointPublicAccessBlock PutAccountPublicAccessBlock PutStorageLensConfiguration
`);

const otherActions = words(`
  AssociateAccessGrantsIdentityCenter CreateAccessGrant CreateAccessGrantsInstance
  CreateAccessGrantsLocation CreateAccessPoint CreateAccessPointForObjectLambda
  CreateMultiRegionAccessPoint DeleteAccessGrant DeleteAccessGrantsInstance
  DeleteAccessGrantsInstanceResourcePolicy DeleteAccessGrantsLocation DeleteAccessPoint
  DeleteAccessPointForObjectLambda DeleteAccessPointPolicy
  DeleteAccessPointPolicyForObjectLambda DeleteJobTagging DeleteMultiRegionAccessPoint
  DeleteStorageLensConfiguration DeleteStorageLensConfigurationTagging DeleteStorageLensGroup
  DescribeJob DescribeMultiRegionAccessPointOperation DissociateAccessGrantsIdentityCenter
  GetAccessGrant GetAccessGrantsInstance GetAccessGrantsInstanceForPrefix
  GetAccessGrantsInstanceResourcePolicy GetAccessGrantsLocation
  GetAccessPointConfigurationForObjectLambda GetAccessPointForObjectLambda GetAccessPointPolicy
  GetAccessPointPolicyForObjectLambda GetAccessPointPolicyStatus
  GetAccessPointPolicyStatusForObjectLambda GetDataAccess GetJobTagging
  GetMultiRegionAccessPoint GetMultiRegionAccessPointPolicy
  GetMultiRegionAccessPointPolicyStatus GetMultiRegionAccessPointRoutes
  GetStorageLensConfiguration GetStorageLensConfigurationTagging GetStorageLensDashboard
  GetStorageLensGroup ListAccessGrants ListAccessGrantsLocations ListCallerAccessGrants
  PutAccessGrantsInstanceResourcePolicy PutAccessPointConfigurationForObjectLambda
  PutAccessPointPolicy PutAccessPointPolicyForObjectLambda PutJobTagging
  PutMultiRegionAccessPointPolicy PutStorageLensConfigurationTagging
  SubmitMultiRegionAccessPointRoutes UpdateAccessGrantsLocation UpdateJobPriority
  UpdateJobStatus UpdateStorageLensGroup
`);

const kinds: readonly (readonly [ResourceKind, readonly string[]])[] = [
  ['bucket', bucketActions],
  ['object', objectActions],
  ['none', noneActions],
  ['other', otherActions],
];

const table: ReadonlyMap<string, ResourceKind> = new Map(
  kinds.flatMap(([kind, names]) => names.map((name) => [`s3:${name}`, kind] as const)),
);
