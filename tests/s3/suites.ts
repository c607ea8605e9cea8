/**
 * All black-box suites, run against one server; then a search of what it left on the disk. One alone:
 * `node --test --test-name-pattern=CopyObject tests/s3/one-worker.test.ts`.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { digestNeedles, disguises, search } from '../clients/data-search.ts';
import { absentConfigurationSuite } from './absent-configuration.ts';
import { bucketControlsSuite } from './bucket-controls.ts';
import { bucketEncryptionSuite } from './bucket-encryption.ts';
import { bucketPolicySuite } from './bucket-policy.ts';
import { bucketsSuite } from './buckets.ts';
import { checksumsSuite } from './checksums.ts';
import { chunkedUploadSuite } from './chunked-upload.ts';
import { classicSuite } from './classic.ts';
import { conditionalWritesSuite } from './conditional-writes.ts';
import { copyObjectSuite } from './copy-object.ts';
import { createBucketSuite } from './create-bucket.ts';
import { deleteObjectSuite } from './delete-object.ts';
import { denyUnencryptedSuite } from './deny-unencrypted.ts';
import { getObjectSuite } from './get-object.ts';
import { identitiesSuite } from './identities.ts';
import { listObjectsSuite } from './list-objects.ts';
import { longTransfersSuite } from './long-transfers.ts';
import { multipartUploadSuite } from './multipart-upload.ts';
import { postObjectSuite } from './post-object.ts';
import { presignedAndHostedSuite } from './presigned-and-hosted.ts';
import { putObjectSuite } from './put-object.ts';
import { rawRequestsSuite } from './raw-requests.ts';
import { bodyOf, canary, md5Of, openSite, type Site } from './site.ts';
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
  longTransfersSuite,
];

/** Registers every suite against a server with so many workers. */
export async function blackBox(workers: number): Promise<void> {
  const site = await openSite({ workers });
  after(() => site.close());
  // Suites use buckets of their own; what one waits for the disk, another computes.
  describe(`--workers ${workers}`, { concurrency: 4 }, () => {
    for (const suite of suites) suite(site);
    classicSuite(workers);
  });
  test(`--workers ${workers}: nothing readable is on the disk, nothing secret in the log`, () =>
    searchAll(site));
}

/** Bodies, metadata, tags and policies held the canary; ETags are digests of bodies. */
async function searchAll(site: Site): Promise<void> {
  assert.equal(await site.end(), 0);
  const words = [
    ...disguises('the canary', canary),
    ...disguises('the canary of policies', canary.replaceAll('-', '')),
    ...[4096, 1_000_003].flatMap((size) =>
      digestNeedles(`the ETag of ${size} bytes`, md5Of(bodyOf(size, `put ${size}`))),
    ),
  ];
  const secrets = site.secrets.flatMap((secret, index) => disguises(`secret ${index}`, secret));
  const { data } = site.server;
  for (const name of readdirSync(data)) {
    // Blobs are many bytes, and bodies of the canary as it is.
    const needles = name === 'blobs' ? words.slice(0, 1) : [...words, ...secrets];
    assert.deepEqual(search(join(data, name), needles).hits, []);
  }
  // Keys stand in clear (THREAT-MODEL.md): a search that does not find one would find nothing.
  assert.notDeepEqual(search(data, disguises('a key', 'size-1000003')).hits, []);
  const output = site.server.output();
  for (const secret of [...site.secrets, canary]) assert.ok(!output.includes(secret));
  // Whatever a suite did, it was no fault of the server's.
  assert.doesNotMatch(output, /\b(?:error|fatal)\b/i);
}
