/** PostObject: browser forms and their policies (row 20). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { policyOf, putPolicy } from './bucket-policy.ts';
import { bodyOf, canary, md5Of, type Site } from './site.ts';
import { bytesOf, exchange } from './wire.ts';

interface Sent {
  readonly options?: Partial<PresignedPostOptions>;
  /** Fields beside those that were signed. */
  readonly extra?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly file?: Uint8Array;
  readonly fileName?: string;
}

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly code: string | undefined;
}

export function postObjectSuite(site: Site): void {
  /** Makes a form as the SDK does, and submits it as a browser does. */
  const post = async (Bucket: string, sent: Sent = {}): Promise<Told> => {
    const { url, fields } = await createPresignedPost(site.s3, {
      Bucket,
      Key: 'k',
      ...sent.options,
    });
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...sent.extra })) {
      if (sent.without?.includes(name) !== true) form.append(name, value);
    }
    const file = new Blob([Buffer.from(sent.file ?? bodyOf(1000, 'form'))], { type: 'text/x' });
    if (sent.without?.includes('file') !== true)
      form.append('file', file, sent.fileName ?? 'f.txt');
    const reply = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
    const text = await reply.text();
    const code = /<Code>(\w+)</.exec(text)?.[1];
    return { status: reply.status, headers: reply.headers, text, code };
  };
  describe('PostObject (row 20)', () => {
    storeTests(site, post);
    policyTests(site, post);
    formTests(site, post);
  });
}

type Post = (Bucket: string, sent?: Sent) => Promise<Told>;

function storeTests(site: Site, post: Post): void {
  test('row 20: a form stores its file, with metadata, tags and encryption', async () => {
    const Bucket = await site.bucket();
    const file = bodyOf(100_000, 'form file');
    const Fields = {
      'Content-Type': 'text/y',
      'Cache-Control': 'no-store',
      'x-amz-meta-m': canary,
      'x-amz-server-side-encryption': 'AES256',
      tagging: '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
    };
    const told = await post(Bucket, { file, options: { Fields } });
    assert.deepEqual([told.status, told.text], [204, '']);
    assert.equal(told.headers.get('etag'), `"${md5Of(file)}"`);
    assert.equal(told.headers.get('x-amz-server-side-encryption'), 'AES256');
    assert.equal(told.headers.get('location'), `${site.server.url}/${Bucket}/k`);
    const got = await site.s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.ok((await bytesOf(got)).equals(file));
    assert.equal(got.ContentType, 'text/y');
    assert.equal(got.CacheControl, 'no-store');
    assert.deepEqual(got.Metadata, { m: canary });
    assert.equal(got.TagCount, 1);
  });

  test('row 20: ${filename} stands for the file’s name, its last part only', async () => {
    const Bucket = await site.bucket();
    const options = { Key: 'user/${filename}' };
    for (const [fileName, Key] of [
      ['ü b.txt', 'user/ü b.txt'],
      ['C:\\docs\\x.txt', 'user/x.txt'],
    ] as const) {
      assert.equal((await post(Bucket, { options, fileName })).status, 204);
      const head = await exchange(site.s3, new HeadObjectCommand({ Bucket, Key }));
      assert.equal(head.status, 200, Key);
    }
  });

  test('row 20: success_action_status 200, 201, 204 and a redirect', async () => {
    const Bucket = await site.bucket();
    for (const status of [200, 201, 204, 299]) {
      const Fields = { success_action_status: String(status) };
      const told = await post(Bucket, { options: { Fields } });
      assert.equal(told.status, status === 299 ? 204 : status);
      const document =
        status === 201
          ? /^<\?xml[^>]+>\s*<PostResponse><Location>[^<]+<\/Location><Bucket>[^<]+<\/Bucket><Key>k<\/Key><ETag>/
          : /^$/;
      assert.match(told.text, document);
    }
    const Fields = { success_action_redirect: 'http://127.0.0.1:1/done?x=y' };
    const told = await post(Bucket, { options: { Fields } });
    assert.equal(told.status, 303);
    const location = new URL(told.headers.get('location') ?? '');
    assert.equal(location.pathname, '/done');
    const { x, bucket, key, etag } = Object.fromEntries(location.searchParams);
    assert.deepEqual([x, bucket, key, etag], ['y', Bucket, 'k', told.headers.get('etag')]);
  });
}

function policyTests(site: Site, post: Post): void {
  test('row 20: every field must be covered, save those that need not be', async () => {
    const Bucket = await site.bucket();
    for (const name of ['x-amz-meta-a', 'acl', 'x-amz-storage-class', 'Content-Type']) {
      const told = await post(Bucket, { extra: { [name]: 'private' } });
      assert.deepEqual([told.status, told.code], [403, 'AccessDenied'], name);
      assert.match(told.text, /Invalid according to Policy: Extra input fields: /);
    }
    assert.equal((await post(Bucket, { extra: { 'x-ignore-me': 'a' } })).status, 204);
  });

  test('row 20: conditions hold, and a field they name must be there', async () => {
    const Bucket = await site.bucket();
    const Conditions: PresignedPostOptions['Conditions'] = [
      ['starts-with', '$Content-Type', 'image/'],
      ['starts-with', '$key', 'user/'],
    ];
    const options = { Key: 'user/a', Conditions };
    const type = (value: string): Sent => ({ options, extra: { 'Content-Type': value } });
    assert.equal((await post(Bucket, type('image/png'))).status, 204);
    for (const sent of [
      type('text/html'),
      { options },
      { options: { ...options, Key: 'other/a' }, extra: { 'Content-Type': 'image/x' } },
    ]) {
      const told = await post(Bucket, sent);
      assert.deepEqual([told.status, told.code], [403, 'AccessDenied']);
      assert.match(told.text, /Invalid according to Policy: Policy Condition failed/);
    }
  });

  test('row 20: content-length-range holds while the file streams', async () => {
    const Bucket = await site.bucket();
    const Conditions: PresignedPostOptions['Conditions'] = [['content-length-range', 10, 20_000]];
    const size = (count: number): Sent => ({ options: { Conditions }, file: bodyOf(count) });
    for (const [count, status, code] of [
      [9, 400, 'EntityTooSmall'],
      [20_001, 400, 'EntityTooLarge'],
      [200_000, 400, 'EntityTooLarge'],
    ] as const) {
      const told = await post(Bucket, size(count));
      assert.deepEqual([told.status, told.code], [status, code]);
    }
    const head = await exchange(site.s3, new HeadObjectCommand({ Bucket, Key: 'k' }));
    assert.equal(head.status, 404);
    for (const count of [10, 20_000]) assert.equal((await post(Bucket, size(count))).status, 204);
  });

  test('row 20: an expired policy, another bucket, a changed policy', async () => {
    const Bucket = await site.bucket();
    const other = await site.bucket();
    const { fields } = await createPresignedPost(site.s3, { Bucket: other, Key: 'k' });
    const elsewhere = await post(Bucket, { extra: fields });
    assert.deepEqual([elsewhere.status, elsewhere.code], [403, 'AccessDenied']);
    const Policy = Buffer.from('{"expiration":"2999-01-01T00:00:00Z","conditions":[]}');
    const forged = await post(Bucket, { extra: { Policy: Policy.toString('base64') } });
    assert.deepEqual([forged.status, forged.code], [403, 'SignatureDoesNotMatch']);
    const old = await post(Bucket, { options: { Expires: -5 } });
    assert.deepEqual([old.status, old.code], [403, 'AccessDenied']);
    assert.match(old.text, /Policy expired/);
  });
}

function formTests(site: Site, post: Post): void {
  test('forms that lack what a form must have', async () => {
    const Bucket = await site.bucket();
    for (const [without, code] of [
      ['file', 'InvalidArgument'],
      ['key', 'InvalidArgument'],
      ['Policy', 'InvalidArgument'],
      ['X-Amz-Signature', 'InvalidArgument'],
    ] as const) {
      const told = await post(Bucket, { without: [without] });
      assert.deepEqual([told.status, told.code], [400, code], without);
    }
    const big = await post(Bucket, { extra: { 'x-ignore-big': 'x'.repeat(21_000) } });
    assert.deepEqual([big.status, big.code], [400, 'MaxPostPreDataLengthExceededError']);
    const kms = { Fields: { 'x-amz-server-side-encryption': 'aws:kms' } };
    const refusal = await post(Bucket, { options: kms });
    assert.deepEqual([refusal.status, refusal.code], [501, 'NotImplemented']);
    const listed = await site.s3.send(new ListObjectsV2Command({ Bucket }));
    assert.equal(listed.KeyCount, 0);
  });

  test('a wrong checksum field stores nothing, a right one is kept', async () => {
    const Bucket = await site.bucket();
    const file = Buffer.from('b');
    const field = (value: string) => ({
      file,
      options: { Fields: { 'x-amz-checksum-crc32': value } },
    });
    const wrong = await post(Bucket, field('AAAAAA=='));
    assert.deepEqual([wrong.status, wrong.code], [400, 'BadDigest']);
    const right = await post(Bucket, field('cb7v+Q=='));
    const asked = { Bucket, Key: 'k', ChecksumMode: 'ENABLED' } as const;
    assert.equal(right.status, 204);
    const head = await site.s3.send(new HeadObjectCommand(asked));
    assert.equal(head.ChecksumCRC32, 'cb7v+Q==');
  });

  test('a form without credentials is anonymous: the bucket’s policy decides', async () => {
    const Bucket = await site.bucket();
    const form = () => {
      const fields = new FormData();
      fields.append('key', 'in/k');
      fields.append('file', new Blob(['dropped']), 'f');
      return fetch(`${site.server.url}/${Bucket}`, { method: 'POST', body: fields });
    };
    assert.equal((await form()).status, 403);
    await site.s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    const Resource = `arn:aws:s3:::${Bucket}/in/*`;
    await putPolicy(site, Bucket, policyOf({ Effect: 'Allow', Action: 's3:PutObject', Resource }));
    assert.equal((await form()).status, 204);
  });
}
