/** PutObject: what is stored comes back, what cannot be is refused and changes nothing. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { bodyOf, canary, md5Of, type Site } from './site.ts';
import { bytesOf, exchange, refused } from './wire.ts';

/** Inline, its edge, a file, several segments of a file. */
const sizes = [0, 1, 4096, 16_384, 16_385, 65_536, 65_537, 1_000_003];

export function putObjectSuite(site: Site): void {
  describe('PutObject', () => {
    bytesTests(site);
    factsTests(site);
    keyTests(site);
    refusalTests(site);
  });
}

function bytesTests(site: Site): void {
  test('rows 4 and 5: bodies of every size come back, their MD5 is the ETag, SSE is told', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    for (const size of sizes) {
      const Body = bodyOf(size, `put ${size}`);
      const Key = `size-${size}`;
      const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      assert.equal(put.ETag, `"${md5Of(Body)}"`);
      assert.equal(put.ServerSideEncryption, 'AES256');
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
      assert.ok((await bytesOf(got)).equals(Body));
      assert.equal(got.ServerSideEncryption, 'AES256');
      assert.equal(got.ContentLength, size);
    }
  });

  test('row 1: a stream of the SDK is unframed, whatever its pieces', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const body = bodyOf(300_000, 'stream');
    const pieces = [1, 8191, 65_536, 65_537, 100_000].map((end, index, ends) =>
      body.subarray(ends[index - 1] ?? 0, end),
    );
    const whole = Buffer.concat([...pieces, body.subarray(100_000)]);
    const Body = Readable.from([...pieces, body.subarray(100_000)]);
    const put = new PutObjectCommand({ Bucket, Key: 'k', Body, ContentLength: whole.length });
    assert.equal((await s3.send(put)).ETag, `"${md5Of(whole)}"`);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.ok((await bytesOf(got)).equals(whole));
    assert.equal(got.ContentEncoding, undefined);
  });

  test('row 2: aws-chunked is taken out of Content-Encoding, the rest is kept', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const common = { Bucket, Body: Readable.from([bodyOf(10)]), ContentLength: 10 };
    const streamed = { ...common, Key: 'streamed', ContentEncoding: 'gzip' };
    await s3.send(new PutObjectCommand(streamed));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'streamed' }));
    assert.equal(head.ContentEncoding, 'gzip');
  });

  test('row 18: a right Content-MD5 is taken', async () => {
    const Bucket = await site.bucket();
    const Body = bodyOf(50_000, 'md5');
    const ContentMD5 = Buffer.from(md5Of(Body), 'hex').toString('base64');
    await site.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body, ContentMD5 }));
  });

  test('a second put replaces the first whole', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const first = { Bucket, Key: 'k', Body: bodyOf(40_000), Metadata: { a: canary } };
    await s3.send(new PutObjectCommand({ ...first, Tagging: 'a=b', CacheControl: 'no-store' }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'second' }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.equal((await bytesOf(got)).toString(), 'second');
    assert.deepEqual(got.Metadata, {});
    assert.equal(got.TagCount, undefined);
    assert.equal(got.CacheControl, undefined);
    assert.equal(got.ContentType, 'application/octet-stream');
  });
}

function factsTests(site: Site): void {
  test('row 21: metadata, standard headers and tags come back as they were sent', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const Expires = new Date('2030-01-02T03:04:05Z');
    const facts = {
      ContentType: 'text/x-test; charset=utf-8',
      CacheControl: 'max-age=5, private',
      ContentDisposition: 'attachment; filename="a b.txt"',
      ContentEncoding: 'identity-ish',
      ContentLanguage: 'de, en',
      Metadata: { plain: canary, 'with-dash': '1', case: 'Kept', empty: '' },
    };
    const Tagging = `${canary}=v&k%20y=%C3%A4`;
    await s3.send(
      new PutObjectCommand({ Bucket, Key: 'k', Body: bodyOf(10), ...facts, Expires, Tagging }),
    );
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    const { ContentType, CacheControl, ContentDisposition } = head;
    const { ContentEncoding, ContentLanguage, Metadata } = head;
    assert.deepEqual(
      {
        ContentType,
        CacheControl,
        ContentDisposition,
        ContentEncoding,
        ContentLanguage,
        Metadata,
      },
      facts,
    );
    assert.equal(head.ExpiresString, 'Wed, 02 Jan 2030 03:04:05 GMT');
    assert.equal((await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).TagCount, 2);
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }));
    assert.deepEqual(TagSet, [
      { Key: canary, Value: 'v' },
      { Key: 'k y', Value: 'ä' },
    ]);
  });

  test('row 21: values beyond ASCII come back as RFC 2047 words, however they came', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const word = `=?UTF-8?B?${Buffer.from('grüße').toString('base64')}?=`;
    const put = { Bucket, Key: 'k', Metadata: { word, q: '=?utf-8?q?gr=C3=BC=C3=9Fe?=' } };
    // Node sends headers before a string in the string's own encoding: as UTF-8.
    await s3.send(
      new PutObjectCommand({ ...put, Body: 'b', Metadata: { ...put.Metadata, raw: 'grüße' } }),
    );
    const { headers } = await exchange(s3, new HeadObjectCommand({ Bucket, Key: 'k' }));
    for (const name of ['word', 'q', 'raw']) assert.equal(headers[`x-amz-meta-${name}`], word);
  });

  test('rows 21 and 28: more than 2 KB of metadata is refused', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const put = (length: number) =>
      new PutObjectCommand({ Bucket, Key: 'k', Body: 'b', Metadata: { m: 'x'.repeat(length) } });
    await s3.send(put(2047));
    await refused(s3.send(put(2048)), {
      code: 'MetadataTooLarge',
      status: 400,
      message: 'Your metadata headers exceed the maximum allowed metadata size',
    });
  });
}

function keyTests(site: Site): void {
  test('row 15: keys are kept exactly', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const keys = [
      "!'()*",
      'a+b=c&d e',
      'a//b',
      './..',
      '../../x',
      '%2F%',
      'ünï/ço\u{1F4BE}de',
      'tab\tnew\nline',
      '~-_.',
      '?q#f',
      '/lead',
      'x'.repeat(1024),
    ];
    for (const Key of keys) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
      assert.equal((await bytesOf(got)).toString(), Key);
    }
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
    const found = listed.Contents?.map(({ Key = '' }) => decodeURIComponent(Key));
    const inOrder = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.deepEqual(found, inOrder);
  });

  test('row 16: a key that ends in a slash is a real object of zero bytes', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'folder/' }));
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'folder/' }));
    const [entry] = listed.Contents ?? [];
    assert.equal(entry?.Key, 'folder/');
    assert.equal(entry?.Size, 0);
    assert.equal(entry?.ETag, '"d41d8cd98f00b204e9800998ecf8427e"');
    assert.ok(entry?.LastModified instanceof Date);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'folder/' }));
    assert.equal(head.ContentLength, 0);
  });

  test('row 28: a key of 1,025 bytes is refused, counted in UTF-8', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'ä'.repeat(512), Body: 'b' }));
    for (const Key of ['x'.repeat(1025), `${'ä'.repeat(512)}x`]) {
      const sent = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'b' }));
      await refused(sent, {
        code: 'KeyTooLongError',
        status: 400,
        message: 'Your key is too long',
      });
    }
  });
}

function refusalTests(site: Site): void {
  const cases: readonly [string, Partial<PutObjectCommandInput>, string, number][] = [
    ['SSE-KMS', { ServerSideEncryption: 'aws:kms' }, 'NotImplemented', 501],
    ['DSSE-KMS', { ServerSideEncryption: 'aws:kms:dsse' }, 'NotImplemented', 501],
    [
      'a wrong algorithm',
      { ServerSideEncryption: 'aes256' as 'AES256' },
      'InvalidEncryptionAlgorithmError',
      400,
    ],
    ['a KMS key without KMS', { SSEKMSKeyId: 'k' }, 'InvalidArgument', 400],
    [
      'SSE-C',
      { SSECustomerAlgorithm: 'AES256', SSECustomerKey: Buffer.alloc(32, 7).toString('base64') },
      'NotImplemented',
      501,
    ],
    [
      'object lock',
      { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date() },
      'NotImplemented',
      501,
    ],
    ['a website redirect', { WebsiteRedirectLocation: '/x' }, 'NotImplemented', 501],
    ['another storage class', { StorageClass: 'GLACIER' }, 'NotImplemented', 501],
    ['a storage class of no one', { StorageClass: 'X' as 'GLACIER' }, 'InvalidStorageClass', 400],
    ['a public ACL', { ACL: 'public-read' }, 'AccessControlListNotSupported', 400],
    [
      'grants',
      { GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"' },
      'AccessControlListNotSupported',
      400,
    ],
    ['tags given twice', { Tagging: 'a=1&a=2' }, 'InvalidArgument', 400],
    [
      'eleven tags',
      { Tagging: Array.from({ length: 11 }, (_, n) => `k${n}=v`).join('&') },
      'BadRequest',
      400,
    ],
    ['an MD5 that is none', { ContentMD5: 'abc' }, 'InvalidDigest', 400],
    ['a wrong MD5', { ContentMD5: Buffer.alloc(16).toString('base64') }, 'BadDigest', 400],
    ['a wrong checksum', { ChecksumSHA256: Buffer.alloc(32).toString('base64') }, 'BadDigest', 400],
  ];

  test('rows 5, 8 and 18: what is not given is refused by name and stores nothing', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    for (const [what, given, code, status] of cases) {
      const put = new PutObjectCommand({ Bucket, Key: 'k', Body: bodyOf(30), ...given });
      const reply = await exchange(s3, put);
      assert.deepEqual([what, codeIn(reply.text), reply.status], [what, code, status]);
    }
    const listed = await s3.send(new ListObjectsV2Command({ Bucket }));
    assert.equal(listed.KeyCount, 0);
  });

  test('row 8: bucket-owner-full-control and STANDARD are what every object is', async () => {
    const Bucket = await site.bucket();
    const facts = { ACL: 'bucket-owner-full-control', StorageClass: 'STANDARD' } as const;
    await site.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'b', ...facts }));
  });

  test('a missing bucket is NoSuchBucket; who may not write is told nothing else', async () => {
    const Bucket = await site.bucket();
    const put = { Key: 'k', Body: bodyOf(20_000) };
    const absent = new PutObjectCommand({ ...put, Bucket: site.newName() });
    await refused(site.s3.send(absent), { code: 'NoSuchBucket', status: 404 });
    const { credentials } = await site.account();
    const others = site.client({ credentials });
    await refused(others.send(new PutObjectCommand({ ...put, Bucket })), {
      code: 'AccessDenied',
      status: 403,
    });
  });
}

const codeIn = (text: string): string | undefined => /<Code>(\w+)<\/Code>/.exec(text)?.[1];
