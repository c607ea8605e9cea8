/**
 * Reads of what Coffer does not build whose answer AWS defines where nothing is set (S3-BEHAVIOURS 8):
 * the bucket is looked up, the permission is real, and the answer is AWS's default.
 */
import type { AnyOperation } from './operation.ts';
import { getBucketAccelerateConfiguration } from './operations/get-bucket-accelerate-configuration.ts';
import { getBucketAcl } from './operations/get-bucket-acl.ts';
import { getBucketCors } from './operations/get-bucket-cors.ts';
import { getBucketLifecycleConfiguration } from './operations/get-bucket-lifecycle-configuration.ts';
import { getBucketLogging } from './operations/get-bucket-logging.ts';
import { getBucketNotificationConfiguration } from './operations/get-bucket-notification-configuration.ts';
import { getBucketReplication } from './operations/get-bucket-replication.ts';
import { getBucketRequestPayment } from './operations/get-bucket-request-payment.ts';
import { getBucketWebsite } from './operations/get-bucket-website.ts';
import { getObjectAcl } from './operations/get-object-acl.ts';
import { getObjectLockConfiguration } from './operations/get-object-lock-configuration.ts';

export const defaultAnswers: readonly AnyOperation[] = [
  getBucketAccelerateConfiguration,
  getBucketAcl,
  getBucketCors,
  getBucketLifecycleConfiguration,
  getBucketLogging,
  getBucketNotificationConfiguration,
  getBucketReplication,
  getBucketRequestPayment,
  getBucketWebsite,
  getObjectAcl,
  getObjectLockConfiguration,
];
