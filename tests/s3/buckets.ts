/** ListBuckets, HeadBucket, GetBucketLocation, DeleteBucket. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { bodyOf, type Site } from './site.ts';
import { exchange, refused } from './wire.ts';

export function bucketsSuite(site: Site): void {
  listBucketsSuite(site);
  headBucketSuite(site);
  describe('GetBucketLocation', () => {
    test('us-east-1 is told as nothing', async () => {
      const Bucket = await site.bucket();
      const reply = await exchange(site.s3, new GetBucketLocationCommand({ Bucket }));
      assert.equal(reply.status, 200);
      assert.match(reply.text, /<LocationConstraint xmlns="[^"]+"(\/>|><\/LocationConstraint>)$/);
    });
  });
  deleteBucketSuite(site);
}

function listBucketsSuite(site: Site): void {
  describe('ListBuckets', () => {
    test('row 29: pages by max-buckets, continuation-token and prefix, in byte order', async () => {
      const { credentials, canonicalId } = await site.account();
      const s3 = site.client({ credentials });
      const name = site.newName();
      const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${name}-${letter}`);
      for (const Bucket of [...names].reverse()) await s3.send(new CreateBucketCommand({ Bucket }));
      const all = await s3.send(new ListBucketsCommand({}));
      assert.deepEqual(
        all.Buckets?.map(({ Name }) => Name),
        names,
      );
      assert.equal(all.Owner?.ID, canonicalId);
      assert.equal(all.ContinuationToken, undefined);
      assert.equal(all.Buckets?.[0]?.BucketRegion, undefined);
      const seen: (string | undefined)[][] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await s3.send(
          new ListBucketsCommand({ MaxBuckets: 2, Prefix: `${name}-`, ContinuationToken }),
        );
        assert.equal(page.Prefix, `${name}-`);
        seen.push((page.Buckets ?? []).map(({ Name }) => Name));
        assert.equal(page.Buckets?.[0]?.BucketRegion, 'us-east-1');
        ContinuationToken = page.ContinuationToken;
      } while (ContinuationToken !== undefined);
      assert.deepEqual(seen, [names.slice(0, 2), names.slice(2, 4), names.slice(4)]);
      const none = await s3.send(new ListBucketsCommand({ Prefix: 'zz' }));
      assert.deepEqual(none.Buckets ?? [], []);
    });

    test('a page that cannot be is refused; a token that was not given too', async () => {
      for (const MaxBuckets of [0, 10_001]) {
        const sent = site.s3.send(new ListBucketsCommand({ MaxBuckets }));
        await refused(sent, { code: 'InvalidArgument', status: 400 });
      }
      const sent = site.s3.send(new ListBucketsCommand({ ContinuationToken: '!!' }));
      await refused(sent, { code: 'InvalidArgument', status: 400 });
    });

    test('accounts never see each other’s buckets; nobody sees none', async () => {
      const Bucket = await site.bucket();
      const { credentials } = await site.account();
      const listed = await site.client({ credentials }).send(new ListBucketsCommand({}));
      assert.deepEqual(listed.Buckets ?? [], []);
      const mine = await site.s3.send(new ListBucketsCommand({ Prefix: Bucket }));
      assert.deepEqual(
        mine.Buckets?.map(({ Name }) => Name),
        [Bucket],
      );
      const sent = site.anonymous().send(new ListBucketsCommand({}));
      await refused(sent, { code: 'AccessDenied', status: 403 });
    });
  });
}

function headBucketSuite(site: Site): void {
  describe('HeadBucket', () => {
    test('row 26: tells the region, also to who may not see the bucket', async () => {
      const Bucket = await site.bucket();
      const found = await site.s3.send(new HeadBucketCommand({ Bucket }));
      assert.equal(found.BucketRegion, 'us-east-1');
      const { credentials } = await site.account();
      for (const s3 of [site.client({ credentials }), site.anonymous()]) {
        const reply = await exchange(s3, new HeadBucketCommand({ Bucket }));
        assert.equal(reply.status, 403);
        assert.equal(reply.headers['x-amz-bucket-region'], 'us-east-1');
      }
    });

    test('row 23: its errors have no body', async () => {
      const reply = await exchange(site.s3, new HeadBucketCommand({ Bucket: site.newName() }));
      assert.equal(reply.status, 404);
      assert.equal(reply.body.length, 0);
      assert.ok(reply.headers['x-amz-request-id']);
    });

    test('row 26: a request signed for another region learns the right one', async () => {
      const Bucket = await site.bucket();
      const s3 = site.client({ region: 'eu-west-1' });
      const error = await refused(s3.send(new ListObjectsV2Command({ Bucket })), {
        code: 'AuthorizationHeaderMalformed',
        status: 400,
        message:
          "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
      });
      assert.equal((error as { Region?: string }).Region, 'us-east-1');
    });
  });
}

function deleteBucketSuite(site: Site): void {
  describe('DeleteBucket', () => {
    test('an empty bucket goes; its name is free again, its objects do not return', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: bodyOf(10) }));
      await refused(s3.send(new DeleteBucketCommand({ Bucket })), {
        code: 'BucketNotEmpty',
        status: 409,
        message: 'The bucket you tried to delete is not empty',
      });
      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
      await s3.send(new DeleteBucketCommand({ Bucket }));
      await refused(s3.send(new DeleteBucketCommand({ Bucket })), {
        code: 'NoSuchBucket',
        status: 404,
        message: 'The specified bucket does not exist',
      });
      await s3.send(new CreateBucketCommand({ Bucket }));
      const listed = await s3.send(new ListObjectsV2Command({ Bucket }));
      assert.equal(listed.KeyCount, 0);
    });

    test('a bucket with only an upload in progress can be deleted, and the upload is gone', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const created = new CreateMultipartUploadCommand({ Bucket, Key: 'k' });
      const { UploadId } = await s3.send(created);
      assert.ok(UploadId);
      await s3.send(new DeleteBucketCommand({ Bucket }));
      await s3.send(new CreateBucketCommand({ Bucket }));
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
      assert.deepEqual(Uploads, []);
    });

    test('a put racing the deletion never ends in a bucket that is gone', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const [put, gone] = await Promise.all([
        exchange(s3, new PutObjectCommand({ Bucket, Key: 'k', Body: bodyOf(10) })),
        exchange(s3, new DeleteBucketCommand({ Bucket })),
      ]);
      const after = await exchange(s3, new HeadBucketCommand({ Bucket }));
      if (gone.status === 204) assert.deepEqual([put.status, after.status], [404, 404]);
      else assert.deepEqual([put.status, gone.status, after.status], [200, 409, 200]);
    });
  });
}
