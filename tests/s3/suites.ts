/** All black-box suites, run against one server. */
import { after, describe } from 'node:test';
import { absentConfigurationSuite } from './absent-configuration.ts';
import { bucketControlsSuite } from './bucket-controls.ts';
import { bucketEncryptionSuite } from './bucket-encryption.ts';
import { bucketPolicySuite } from './bucket-policy.ts';
import { bucketsSuite } from './buckets.ts';
import { checksumsSuite } from './checksums.ts';
import { chunkedUploadSuite } from './chunked-upload.ts';
import { conditionalWritesSuite } from './conditional-writes.ts';
import { copyObjectSuite } from './copy-object.ts';
import { createBucketSuite } from './create-bucket.ts';
import { deleteObjectSuite } from './delete-object.ts';
import { denyUnencryptedSuite } from './deny-unencrypted.ts';
import { getObjectSuite } from './get-object.ts';
import { identitiesSuite } from './identities.ts';
import { listObjectsSuite } from './list-objects.ts';
import { multipartUploadSuite } from './multipart-upload.ts';
import { postObjectSuite } from './post-object.ts';
import { presignedAndHostedSuite } from './presigned-and-hosted.ts';
import { putObjectSuite } from './put-object.ts';
import { rawRequestsSuite } from './raw-requests.ts';
import { openSite, type Site } from './site.ts';
import { taggingSuite } from './tagging.ts';
import { uploadPartCopySuite } from './upload-part-copy.ts';
import { versioningSuite } from './versioning.ts';

const suites: readonly ((site: Site) => void)[] = [
  createBucketSuite,
  bucketsSuite,
  putObjectSuite,
  getObjectSuite,
  conditionalWritesSuite,
  deleteObjectSuite,
  copyObjectSuite,
  bucketEncryptionSuite,
  multipartUploadSuite,
  uploadPartCopySuite,
  checksumsSuite,
  listObjectsSuite,
  versioningSuite,
  taggingSuite,
  absentConfigurationSuite,
  bucketControlsSuite,
  bucketPolicySuite,
  identitiesSuite,
  denyUnencryptedSuite,
  presignedAndHostedSuite,
  postObjectSuite,
  chunkedUploadSuite,
  rawRequestsSuite,
];

/** Registers every suite against a server with so many workers. */
export async function blackBox(workers: number): Promise<void> {
  const site = await openSite({ workers });
  after(() => site.close());
  // Suites use buckets of their own; what one waits for the disk, another computes.
  describe(`--workers ${workers}`, { concurrency: 4 }, () => {
    for (const suite of suites) suite(site);
  });
}
