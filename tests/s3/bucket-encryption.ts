/** Put, Get and DeleteBucketEncryption, and where SSE-S3 shows (rows 5 and 8). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type ServerSideEncryptionRule,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Site } from './site.ts';
import { exchange, refused } from './wire.ts';

export function bucketEncryptionSuite(site: Site): void {
  describe('bucket encryption', () => {
    configurationTests(site);
    test('row 5: every write and read of an object tells its encryption', () => toldTest(site));
  });
}

const aes256 = { SSEAlgorithm: 'AES256' } as const;

function configurationTests(site: Site): void {
  const put = (Bucket: string, Rules: ServerSideEncryptionRule[]) =>
    site.s3.send(
      new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }),
    );
  const rulesOf = async (Bucket: string) => {
    const got = await site.s3.send(new GetBucketEncryptionCommand({ Bucket }));
    return got.ServerSideEncryptionConfiguration?.Rules;
  };

  test('what is put is told, BucketKeyEnabled too; DELETE returns to AES256', async () => {
    const Bucket = await site.bucket();
    await put(Bucket, [{ ApplyServerSideEncryptionByDefault: aes256, BucketKeyEnabled: true }]);
    const [rule] = (await rulesOf(Bucket)) ?? [];
    assert.equal(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, 'AES256');
    assert.equal(rule?.BucketKeyEnabled, true);
    await site.s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    const [after] = (await rulesOf(Bucket)) ?? [];
    assert.equal(after?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, 'AES256');
    assert.equal(after?.BucketKeyEnabled, false);
  });

  test('KMS is refused by name; no rule, two rules and unknown algorithms are malformed', async () => {
    const Bucket = await site.bucket();
    const rule = { ApplyServerSideEncryptionByDefault: aes256 };
    const malformed = { code: 'MalformedXML', status: 400 };
    await refused(put(Bucket, []), malformed);
    await refused(put(Bucket, [rule, rule]), malformed);
    const unknown = { SSEAlgorithm: 'AES512' as 'AES256' };
    await refused(put(Bucket, [{ ApplyServerSideEncryptionByDefault: unknown }]), malformed);
    const kms = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' } as const;
    const unbuilt = { code: 'NotImplemented', status: 501 };
    await refused(put(Bucket, [{ ApplyServerSideEncryptionByDefault: kms }]), unbuilt);
    assert.equal((await rulesOf(Bucket))?.length, 1);
  });

  test('a bucket that is not there, and one that is another’s', async () => {
    const absent = site.s3.send(new GetBucketEncryptionCommand({ Bucket: site.newName() }));
    await refused(absent, { code: 'NoSuchBucket', status: 404 });
    const { credentials } = await site.account();
    const others = new GetBucketEncryptionCommand({ Bucket: await site.bucket() });
    const sent = site.client({ credentials }).send(others);
    await refused(sent, { code: 'AccessDenied', status: 403 });
  });
}

async function toldTest(site: Site): Promise<void> {
  const { s3 } = site;
  const Bucket = await site.bucket();
  for (const asked of [{}, { ServerSideEncryption: 'AES256' } as const]) {
    const told: Record<string, string | undefined> = {};
    const name = { Bucket, Key: 'k' };
    const note = (what: string, output: { readonly ServerSideEncryption?: string | undefined }) =>
      (told[what] = output.ServerSideEncryption);
    note('PutObject', await s3.send(new PutObjectCommand({ ...name, Body: 'b', ...asked })));
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/k`, ...asked };
    note('CopyObject', await s3.send(new CopyObjectCommand(copy)));
    const created = await s3.send(new CreateMultipartUploadCommand({ ...name, ...asked }));
    note('CreateMultipartUpload', created);
    const part = { ...name, UploadId: created.UploadId };
    note('UploadPart', await s3.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: 'c' })));
    const copied = await s3.send(
      new UploadPartCopyCommand({ ...part, PartNumber: 1, CopySource: `${Bucket}/k` }),
    );
    note('UploadPartCopy', copied);
    const { ETag, ChecksumCRC32 } = copied.CopyPartResult ?? {};
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] };
    const complete = { ...part, MultipartUpload };
    note('CompleteMultipartUpload', await s3.send(new CompleteMultipartUploadCommand(complete)));
    note('a retried Complete', await s3.send(new CompleteMultipartUploadCommand(complete)));
    note('GetObject', await s3.send(new GetObjectCommand(name)));
    note(
      'GetObject of a range',
      await s3.send(new GetObjectCommand({ ...name, Range: 'bytes=0-0' })),
    );
    note('HeadObject', await s3.send(new HeadObjectCommand(name)));
    for (const [what, value] of Object.entries(told)) assert.equal(value, 'AES256', what);
  }
  await partHeaders(site, Bucket);
}

/** The header belongs on the upload, not on its parts or its end. */
async function partHeaders({ s3 }: Site, Bucket: string): Promise<void> {
  const name = { Bucket, Key: 'parts' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(name));
  const part = { ...name, UploadId, PartNumber: 1, Body: 'b' };
  const headers = { 'x-amz-server-side-encryption': 'AES256' };
  assert.equal((await exchange(s3, new UploadPartCommand(part), { headers })).status, 400);
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: '"x"' }] };
  const complete = new CompleteMultipartUploadCommand({ ...name, UploadId, MultipartUpload });
  assert.equal((await exchange(s3, complete, { headers })).status, 400);
  await s3.send(new AbortMultipartUploadCommand({ ...name, UploadId }));
}
