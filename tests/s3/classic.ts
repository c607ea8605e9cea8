/** `--new-buckets classic`, and a region other than us-east-1: a server of its own (rows 5, 8 and 26). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { policyOf, putPolicy } from './bucket-policy.ts';
import { openSite, type Site } from './site.ts';
import { bytesOf, exchange, refused } from './wire.ts';

const region = 'eu-central-1';
const flags = ['--new-buckets', 'classic'];
const notFound = {
  code: 'ServerSideEncryptionConfigurationNotFoundError',
  status: 404,
  message: 'The server side encryption configuration was not found',
};

/** Registers the suite with a server of so many workers. */
export function classicSuite(workers: number): void {
  describe('--new-buckets classic', () => {
    let site: Site;
    let modern = '';
    before(async () => {
      const first = await openSite({ workers, region });
      modern = await first.bucket();
      const put = { Bucket: modern, Key: 'k', Body: 'modern' };
      await first.s3.send(new PutObjectCommand(put));
      await first.end();
      site = await openSite({ workers, region, flags, data: first.server.data });
    });
    after(() => site.close());
    const now = (): Site => site;

    encryptionTests(now);
    ownerTests(now);
    regionTests(now);
    test('the mode is the bucket’s: one made before stays as it was made', async () => {
      const name = { Bucket: modern, Key: 'k' };
      const got = await site.s3.send(new GetObjectCommand(name));
      assert.equal((await bytesOf(got)).toString(), 'modern');
      const put = await site.s3.send(new PutObjectCommand({ ...name, Body: 'again' }));
      assert.equal(put.ServerSideEncryption, 'AES256');
      await site.s3.send(new GetPublicAccessBlockCommand({ Bucket: modern }));
    });
  });
}

const sseOf = async (site: Site, Bucket: string, Key: string): Promise<string | undefined> => {
  const head = await site.s3.send(new HeadObjectCommand({ Bucket, Key }));
  const got = await site.s3.send(new GetObjectCommand({ Bucket, Key }));
  assert.equal(got.ServerSideEncryption, head.ServerSideEncryption);
  return head.ServerSideEncryption;
};

function encryptionTests(now: () => Site): void {
  const ServerSideEncryption = 'AES256' as const;

  test('row 5: encrypted when asked, and only then', async () => {
    const site = now();
    const { s3 } = site;
    const Bucket = await site.bucket();
    await refused(s3.send(new GetBucketEncryptionCommand({ Bucket })), notFound);
    const plain = await s3.send(new PutObjectCommand({ Bucket, Key: 'plain', Body: 'b' }));
    assert.equal(plain.ServerSideEncryption, undefined);
    assert.equal(await sseOf(site, Bucket, 'plain'), undefined);
    const asked = { Bucket, Key: 'asked', Body: 'b', ServerSideEncryption };
    assert.equal((await s3.send(new PutObjectCommand(asked))).ServerSideEncryption, 'AES256');
    assert.equal(await sseOf(site, Bucket, 'asked'), 'AES256');
    // A copy follows its own request, never the source.
    const copy = { Bucket, CopySource: `${Bucket}/asked` };
    const bare = await s3.send(new CopyObjectCommand({ ...copy, Key: 'copy' }));
    assert.equal(bare.ServerSideEncryption, undefined);
    assert.equal(await sseOf(site, Bucket, 'copy'), undefined);
    const sealed = { ...copy, Key: 'sealed', ServerSideEncryption };
    assert.equal((await s3.send(new CopyObjectCommand(sealed))).ServerSideEncryption, 'AES256');
    assert.equal(await sseOf(site, Bucket, 'sealed'), 'AES256');
  });

  test('row 5: an upload is what its creation asked, through every part', async () => {
    const site = now();
    const { s3 } = site;
    const Bucket = await site.bucket();
    for (const sse of [undefined, ServerSideEncryption]) {
      const name = { Bucket, Key: `k-${sse}` };
      const created = await s3.send(
        new CreateMultipartUploadCommand({ ...name, ServerSideEncryption: sse }),
      );
      const upload = { ...name, UploadId: created.UploadId };
      const part = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'b' }));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag }] };
      const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload });
      const done = await s3.send(complete);
      for (const told of [created, part, done]) assert.equal(told.ServerSideEncryption, sse);
      assert.equal(await sseOf(site, Bucket, name.Key), sse);
    }
  });

  test('a bucket default holds for what is written under it, and for nothing before or after', async () => {
    const site = now();
    const { s3 } = site;
    const Bucket = await site.bucket();
    const put = async (Key: string) =>
      (await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))).ServerSideEncryption;
    assert.equal(await put('before'), undefined);
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } };
    const ServerSideEncryptionConfiguration = { Rules: [rule] };
    const encryption = { Bucket, ServerSideEncryptionConfiguration };
    await s3.send(new PutBucketEncryptionCommand(encryption));
    assert.equal(await put('under'), 'AES256');
    assert.equal(await sseOf(site, Bucket, 'before'), undefined);
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    await refused(s3.send(new GetBucketEncryptionCommand({ Bucket })), notFound);
    assert.equal(await put('after'), undefined);
    assert.equal(await sseOf(site, Bucket, 'under'), 'AES256');
  });
}

function ownerTests(now: () => Site): void {
  test('row 8: ACLs are on: private is taken, the rest is not built; nothing blocks the public', async () => {
    const site = now();
    const { s3 } = site;
    const Bucket = await site.bucket();
    await refused(s3.send(new GetPublicAccessBlockCommand({ Bucket })), {
      code: 'NoSuchPublicAccessBlockConfiguration',
      status: 404,
    });
    await refused(s3.send(new GetBucketOwnershipControlsCommand({ Bucket })), {
      code: 'OwnershipControlsNotFoundError',
      status: 404,
    });
    const put = { Bucket, Key: 'k', Body: 'b' };
    for (const ACL of ['private', 'bucket-owner-full-control'] as const) {
      await s3.send(new PutObjectCommand({ ...put, ACL }));
    }
    const open = new PutObjectCommand({ ...put, ACL: 'public-read' });
    await refused(s3.send(open), { code: 'NotImplemented', status: 501 });
    const made = new CreateBucketCommand({ Bucket: site.newName(), ACL: 'public-read' });
    await refused(s3.send(made), { code: 'NotImplemented', status: 501 });
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    await putPolicy(site, Bucket, policyOf({ Effect: 'Allow', Action: 's3:GetObject', Resource }));
    const got = await site.anonymous().send(new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.equal((await bytesOf(got)).toString(), 'b');
  });
}

function regionTests(now: () => Site): void {
  test('row 26: re-creating one’s own bucket elsewhere is BucketAlreadyOwnedByYou', async () => {
    const site = now();
    const Bucket = site.newName();
    const CreateBucketConfiguration = { LocationConstraint: region } as const;
    const create = () =>
      site.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    await create();
    await refused(create(), { code: 'BucketAlreadyOwnedByYou', status: 409 });
    const { LocationConstraint } = await site.s3.send(new GetBucketLocationCommand({ Bucket }));
    assert.equal(LocationConstraint, region);
    const head = await exchange(site.anonymous(), new HeadBucketCommand({ Bucket }));
    assert.equal(head.headers['x-amz-bucket-region'], region);
    const elsewhere = site.client({ region: 'us-east-1' });
    const error = await refused(elsewhere.send(new GetBucketLocationCommand({ Bucket })), {
      code: 'AuthorizationHeaderMalformed',
      status: 400,
    });
    assert.equal((error as { Region?: string }).Region, region);
  });
}
