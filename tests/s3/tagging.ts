/** Tags of objects and of buckets. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectTaggingCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { canary, type Site } from './site.ts';
import { refused } from './wire.ts';

const tags: Tag[] = [
  { Key: canary, Value: 'v' },
  { Key: 'k ä+-=._:/@', Value: '' },
];

const many = (count: number): Tag[] =>
  Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: 'v' }));

/** What no tag set may be, with the code for it. */
const wrong: readonly (readonly [string, Tag[], string])[] = [
  ['one key twice', [...many(1), ...many(1)], 'InvalidTag'],
  ['an empty key', [{ Key: '', Value: 'v' }], 'InvalidTag'],
  ['a key of 129', [{ Key: 'k'.repeat(129), Value: 'v' }], 'InvalidTag'],
  ['a value of 257', [{ Key: 'k', Value: 'v'.repeat(257) }], 'InvalidTag'],
  ['a character S3 has not', [{ Key: 'k', Value: 'a?b' }], 'InvalidTag'],
  ['a system tag', [{ Key: 'aws:k', Value: 'v' }], 'InvalidTag'],
];

export function taggingSuite(site: Site): void {
  describe('object tagging', () => {
    test('put, get and delete touch neither bytes, ETag nor time', async () => {
      const { s3 } = site;
      const name = { Bucket: await site.bucket(), Key: 'k' };
      await s3.send(new PutObjectCommand({ ...name, Body: 'b', Tagging: 'a=b' }));
      const before = await s3.send(new HeadObjectCommand(name));
      await s3.send(new PutObjectTaggingCommand({ ...name, Tagging: { TagSet: tags } }));
      assert.deepEqual((await s3.send(new GetObjectTaggingCommand(name))).TagSet, tags);
      assert.equal((await s3.send(new GetObjectCommand(name))).TagCount, 2);
      await s3.send(new DeleteObjectTaggingCommand(name));
      await s3.send(new DeleteObjectTaggingCommand(name));
      assert.deepEqual((await s3.send(new GetObjectTaggingCommand(name))).TagSet, []);
      const after = await s3.send(new HeadObjectCommand(name));
      assert.deepEqual([after.ETag, after.LastModified], [before.ETag, before.LastModified]);
      assert.equal(after.ServerSideEncryption, 'AES256');
    });

    test('what S3 does not take changes nothing', async () => {
      const { s3 } = site;
      const name = { Bucket: await site.bucket(), Key: 'k' };
      await s3.send(new PutObjectCommand({ ...name, Body: 'b', Tagging: 'a=b' }));
      const set = (TagSet: Tag[]) =>
        s3.send(new PutObjectTaggingCommand({ ...name, Tagging: { TagSet } }));
      for (const [, TagSet, code] of wrong) await refused(set(TagSet), { code, status: 400 });
      const eleven = { code: 'BadRequest', status: 400 };
      const message = 'Object tags cannot be greater than 10';
      await refused(set(many(11)), { ...eleven, message });
      const { TagSet } = await s3.send(new GetObjectTaggingCommand(name));
      assert.deepEqual(TagSet, [{ Key: 'a', Value: 'b' }]);
      await set(many(10));
      const absent = new PutObjectTaggingCommand({ ...name, Key: 'no', Tagging: { TagSet: [] } });
      await refused(s3.send(absent), { code: 'NoSuchKey', status: 404 });
      const reading = new GetObjectTaggingCommand({ ...name, Key: 'no' });
      await refused(s3.send(reading), { code: 'NoSuchKey', status: 404 });
    });
  });

  describe('bucket tagging', () => {
    test('row 8: none is NoSuchTagSet; put, get, delete', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const none = { code: 'NoSuchTagSet', status: 404, message: 'The TagSet does not exist' };
      await refused(s3.send(new GetBucketTaggingCommand({ Bucket })), none);
      const set = (TagSet: Tag[]) =>
        s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
      await set(tags);
      assert.deepEqual((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet, tags);
      for (const [, TagSet, code] of wrong) await refused(set(TagSet), { code, status: 400 });
      await refused(set(many(51)), { code: 'BadRequest', status: 400 });
      await set(many(50));
      assert.equal((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet?.length, 50);
      await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
      await refused(s3.send(new GetBucketTaggingCommand({ Bucket })), none);
    });

    test('tags of a creation', async () => {
      const Bucket = site.newName();
      const CreateBucketConfiguration = { Tags: tags };
      await site.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
      assert.deepEqual((await site.s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet, tags);
    });
  });
}
