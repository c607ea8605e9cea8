/** DeleteObject and DeleteObjects. Versions and markers: `versioning.ts`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Site } from './site.ts';
import { codeOf, exchange, refused } from './wire.ts';

export function deleteObjectSuite(site: Site): void {
  describe('DeleteObject', () => {
    test('removes an object; an absent one is no error', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      await put(s3, Bucket, ['k']);
      for (const _ of ['there', 'gone']) {
        const reply = await exchange(s3, new DeleteObjectCommand({ Bucket, Key: 'k' }));
        assert.deepEqual([reply.status, reply.body.length], [204, 0]);
        assert.equal(reply.headers['x-amz-delete-marker'], undefined);
      }
      assert.deepEqual(await keysOf(s3, Bucket), []);
      const absent = new DeleteObjectCommand({ Bucket: site.newName(), Key: 'k' });
      await refused(s3.send(absent), { code: 'NoSuchBucket', status: 404 });
    });

    test('a sub-resource’s DELETE never deletes the object', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      await put(s3, Bucket, ['k']);
      for (const query of [
        { acl: '' },
        { annotation: '', annotationName: 'x' },
        { uploadId: 'x' },
      ]) {
        const sent = new DeleteObjectCommand({ Bucket, Key: 'k' });
        const reply = await exchange(s3, sent, { query }).catch(() => undefined);
        assert.notEqual(reply?.status, 204, JSON.stringify(query));
      }
      assert.deepEqual(await keysOf(s3, Bucket), ['k']);
    });

    test('MFA and governance headers are refused by name', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      await put(s3, Bucket, ['k']);
      const name = { Bucket, Key: 'k' };
      for (const extra of [{ MFA: 'serial 123456' }, { BypassGovernanceRetention: true }]) {
        const sent = s3.send(new DeleteObjectCommand({ ...name, ...extra }));
        await refused(sent, { code: 'NotImplemented', status: 501 });
      }
      assert.deepEqual(await keysOf(s3, Bucket), ['k']);
    });
  });

  deleteObjectsSuite(site);
}

function deleteObjectsSuite(site: Site): void {
  describe('DeleteObjects', () => {
    test('answers one by one, in order, also for keys that XML must escape', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const keys = ['a', 'b & <c>', 'ü\u{1F4BE}', ' lead', 'absent'];
      await put(s3, Bucket, keys.slice(0, 4));
      const Objects = keys.map((Key) => ({ Key }));
      const sent = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      assert.deepEqual(
        sent.Deleted?.map(({ Key }) => Key),
        keys,
      );
      assert.deepEqual(sent.Errors ?? [], []);
      assert.deepEqual(await keysOf(s3, Bucket), []);
    });

    test('some allowed, some denied, some not as they were: each has its own result', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const objects = `arn:aws:s3:::${Bucket}`;
      const user = await site.user({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 's3:DeleteObject', Resource: `${objects}/mine/*` },
          { Effect: 'Allow', Action: 's3:ListBucket', Resource: objects },
        ],
      });
      await put(s3, Bucket, ['mine/1', 'mine/2', 'other', 'mine/3']);
      const Objects = [
        { Key: 'mine/1' },
        { Key: 'other' },
        { Key: 'mine/2', VersionId: 'no-version-id' },
        { Key: 'mine/3', VersionId: 'null' },
      ];
      const sent = await site
        .client({ credentials: user })
        .send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      assert.deepEqual(
        sent.Deleted?.map(({ Key }) => Key),
        ['mine/1'],
      );
      assert.deepEqual(
        sent.Errors?.map(({ Key, Code, VersionId }) => [Key, Code, VersionId]),
        [
          ['other', 'AccessDenied', undefined],
          ['mine/2', 'AccessDenied', 'no-version-id'],
          // Deleting a version asks for s3:DeleteObjectVersion.
          ['mine/3', 'AccessDenied', 'null'],
        ],
      );
      assert.deepEqual(await keysOf(s3, Bucket), ['mine/2', 'mine/3', 'other']);
    });

    test('versions and markers: what was made and what was removed is told', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '1' }));
      const remove = (Objects: { Key: string; VersionId?: string | undefined }[]) =>
        s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      const marked = (await remove([{ Key: 'k' }])).Deleted?.[0];
      assert.equal(marked?.DeleteMarker, true);
      assert.ok(marked?.DeleteMarkerVersionId);
      assert.equal(marked?.VersionId, undefined);
      const marker = marked?.DeleteMarkerVersionId;
      const removed = await remove([
        { Key: 'k', VersionId },
        { Key: 'k', VersionId: marker },
      ]);
      assert.deepEqual(removed.Deleted, [
        { Key: 'k', VersionId },
        { Key: 'k', VersionId: marker, DeleteMarker: true, DeleteMarkerVersionId: marker },
      ]);
    });

    test('Quiet tells errors only', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      await put(s3, Bucket, ['k']);
      const Objects = [{ Key: 'k' }, { Key: 'k', VersionId: 'no version id' }];
      const Delete = { Objects, Quiet: true };
      const sent = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
      assert.equal(sent.Deleted, undefined);
      assert.equal(sent.Errors?.length, 1);
    });

    test('row 3: needs a digest, takes any, and deletes nothing where it is wrong', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      await put(s3, Bucket, ['k']);
      const command = () =>
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'k' }] } });
      const none = command();
      none.middlewareStack.add(
        (next) => (args) => {
          const { headers } = args.request as { headers: Record<string, string> };
          for (const name of Object.keys(headers)) {
            if (/^x-amz-(checksum|sdk-checksum)|^content-md5/.test(name)) delete headers[name];
          }
          return next(args);
        },
        { step: 'build', priority: 'low' },
      );
      const bare = await exchange(s3, none);
      assert.deepEqual([bare.status, codeOf(bare)], [400, 'InvalidRequest']);
      const wrong = { 'content-md5': Buffer.alloc(16).toString('base64') };
      const bad = await exchange(s3, command(), { headers: wrong });
      assert.deepEqual([bad.status, codeOf(bad)], [400, 'BadDigest']);
      assert.deepEqual(await keysOf(s3, Bucket), ['k']);
      for (const ChecksumAlgorithm of ['CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
        const Delete = { Objects: [{ Key: 'k' }] };
        await s3.send(new DeleteObjectsCommand({ Bucket, ChecksumAlgorithm, Delete }));
      }
    });

    test('1,000 objects at once, not 1,001 and not none; a page of a list is 1,000 too', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const keys = Array.from({ length: 1001 }, (_, n) => `k-${n}`);
      const shares = Array.from({ length: 40 }, (_, n) => keys.filter((_, m) => m % 40 === n));
      await Promise.all(shares.map((some) => put(s3, Bucket, some)));
      const page = await s3.send(new ListObjectsV2Command({ Bucket }));
      assert.deepEqual([page.KeyCount, page.IsTruncated], [1000, true]);
      const many = (count: number) => ({
        Objects: Array.from({ length: count }, (_, n) => ({ Key: `k-${n}` })),
      });
      for (const count of [0, 1001]) {
        const sent = s3.send(new DeleteObjectsCommand({ Bucket, Delete: many(count) }));
        await refused(sent, { code: 'MalformedXML', status: 400 });
      }
      const sent = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: many(1000) }));
      assert.equal(sent.Deleted?.length, 1000);
      assert.deepEqual(await keysOf(s3, Bucket), ['k-1000']);
    });
  });
}

async function put(s3: S3Client, Bucket: string, keys: readonly string[]): Promise<void> {
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
}

async function keysOf(s3: S3Client, Bucket: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
}
