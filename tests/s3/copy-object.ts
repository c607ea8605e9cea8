/** CopyObject: directives, self-copies, versions, protection, who may read the source. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { multipartObject, partSize } from './multipart-object.ts';
import { bodyOf, canary, md5Of, type Site } from './site.ts';
import { bytesOf, codeOf, exchange, refused } from './wire.ts';

export function copyObjectSuite(site: Site): void {
  describe('CopyObject', () => {
    directiveTests(site);
    selfCopyTests(site);
    sourceTests(site);
    conditionTests(site);
  });
}

const facts = {
  ContentType: 'text/x',
  CacheControl: 'no-store',
  Metadata: { kept: canary },
  Tagging: 'a=b&c=d',
};

function directiveTests(site: Site): void {
  test('rows 5 and 13: COPY keeps bytes, ETag, headers, metadata and tags', async () => {
    const { s3 } = site;
    const [Bucket, target] = [await site.bucket(), await site.bucket()];
    for (const size of [0, 100, 50_000]) {
      const Body = bodyOf(size, 'copy');
      await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body, ...facts }));
      const copied = await s3.send(
        new CopyObjectCommand({ Bucket: target, Key: 'copy', CopySource: `${Bucket}/source` }),
      );
      assert.equal(copied.CopyObjectResult?.ETag, `"${md5Of(Body)}"`);
      assert.equal(copied.ServerSideEncryption, 'AES256');
      const got = await s3.send(new GetObjectCommand({ Bucket: target, Key: 'copy' }));
      assert.ok((await bytesOf(got)).equals(Body));
      assert.equal(got.ContentType, 'text/x');
      assert.equal(got.CacheControl, 'no-store');
      assert.deepEqual(got.Metadata, facts.Metadata);
      assert.equal(got.TagCount, 2);
    }
  });

  test('row 13: REPLACE drops what it replaces and nothing else', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: 'b', ...facts }));
    const copy = { Bucket, CopySource: `/${Bucket}/source` };
    const metadata = { MetadataDirective: 'REPLACE', Metadata: { fresh: '1' } } as const;
    await s3.send(new CopyObjectCommand({ ...copy, Key: 'm', ...metadata }));
    const first = await s3.send(new GetObjectCommand({ Bucket, Key: 'm' }));
    assert.deepEqual(first.Metadata, { fresh: '1' });
    assert.equal(first.CacheControl, undefined);
    assert.notEqual(first.ContentType, 'text/x');
    assert.equal(first.TagCount, 2);
    const tags = { TaggingDirective: 'REPLACE', Tagging: 'e=f' } as const;
    await s3.send(new CopyObjectCommand({ ...copy, Key: 't', ...tags }));
    const second = await s3.send(new GetObjectCommand({ Bucket, Key: 't' }));
    assert.deepEqual(second.Metadata, facts.Metadata);
    assert.equal(second.CacheControl, 'no-store');
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 't' }));
    assert.deepEqual(TagSet, [{ Key: 'e', Value: 'f' }]);
    const none = { ...copy, Key: 'n', TaggingDirective: 'REPLACE' } as const;
    await s3.send(new CopyObjectCommand(none));
    const third = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'n' }));
    assert.deepEqual(third.TagSet, []);
    const unknown = new CopyObjectCommand({ ...copy, Key: 'u', MetadataDirective: 'x' as 'COPY' });
    await refused(s3.send(unknown), { code: 'InvalidArgument', status: 400 });
  });

  test('a multipart object becomes one of a single piece, and a range of it still fits', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const sizes = [partSize, 4321];
    const { body } = await multipartObject(s3, { Bucket, Key: 'source' }, sizes);
    const copied = await s3.send(
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/source` }),
    );
    assert.equal(copied.CopyObjectResult?.ETag, `"${md5Of(body)}"`);
    const Range = `bytes=${partSize - 10}-${partSize + 9}`;
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'copy', Range }));
    assert.ok((await bytesOf(got)).equals(body.subarray(partSize - 10, partSize + 10)));
  });
}

function selfCopyTests(site: Site): void {
  test('row 13: a copy onto itself must change something', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const name = { Bucket, Key: 'k' };
    await s3.send(new PutObjectCommand({ ...name, Body: 'b', ...facts }));
    const copy = (given: Partial<CopyObjectCommandInput> = {}) =>
      s3.send(new CopyObjectCommand({ ...name, CopySource: `${Bucket}/k`, ...given }));
    const expected = {
      code: 'InvalidRequest',
      status: 400,
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    };
    await refused(copy(), expected);
    await refused(copy({ TaggingDirective: 'REPLACE', Tagging: 'a=b' }), expected);
    await copy({ ServerSideEncryption: 'AES256' });
    await copy({ StorageClass: 'STANDARD' });
    await copy({ MetadataDirective: 'REPLACE', Metadata: { fresh: '1' } });
    const got = await s3.send(new GetObjectCommand(name));
    assert.equal((await bytesOf(got)).toString(), 'b');
    assert.deepEqual(got.Metadata, { fresh: '1' });
    assert.equal(got.TagCount, 2);
  });
}

function sourceTests(site: Site): void {
  test('row 13: the source is URL-decoded once', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    for (const Key of ['a b', 'a+b', '%41', 'ü/ß', 'q?versionId', 'a&b=c#d']) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
      await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'copy' }));
      assert.equal((await bytesOf(got)).toString(), Key);
    }
  });

  test('row 13: a version of the source; copying an old one back makes it the newest', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const name = { Bucket, Key: 'k' };
    const first = await s3.send(new PutObjectCommand({ ...name, Body: 'old' }));
    await s3.send(new PutObjectCommand({ ...name, Body: 'new' }));
    const CopySource = `${Bucket}/k?versionId=${first.VersionId}`;
    const copied = await s3.send(new CopyObjectCommand({ ...name, CopySource }));
    assert.equal(copied.CopySourceVersionId, first.VersionId);
    assert.ok(copied.VersionId && copied.VersionId !== first.VersionId);
    const got = await s3.send(new GetObjectCommand(name));
    assert.equal((await bytesOf(got)).toString(), 'old');
    assert.equal(got.VersionId, copied.VersionId);
    const marker = await s3.send(new DeleteObjectCommand(name));
    const ofMarker = { ...name, CopySource: `${Bucket}/k?versionId=${marker.VersionId}` };
    await refused(s3.send(new CopyObjectCommand(ofMarker)), {
      code: 'InvalidRequest',
      status: 400,
    });
    const ofNothing = new CopyObjectCommand({ ...name, Key: 'x', CopySource: `${Bucket}/k` });
    const reply = await exchange(s3, ofNothing);
    assert.deepEqual([reply.status, codeOf(reply)], [404, 'NoSuchKey']);
  });

  test('a source that is not there, is no name, or may not be read', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const copy = (CopySource: string, client = s3) =>
      client.send(new CopyObjectCommand({ Bucket, Key: 'k', CopySource }));
    await refused(copy(`${Bucket}/no`), { code: 'NoSuchKey', status: 404 });
    await refused(copy(`${site.newName()}/no`), { code: 'NoSuchBucket', status: 404 });
    await refused(copy(Bucket), { code: 'InvalidArgument', status: 400 });
    await refused(copy(`${Bucket}/%E0`), { code: 'InvalidArgument', status: 400 });
    await s3.send(new PutObjectCommand({ Bucket, Key: 'there', Body: 'b' }));
    const user = await site.user({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/*` },
    });
    const writer = site.client({ credentials: user });
    await refused(copy(`${Bucket}/there`, writer), { code: 'AccessDenied', status: 403 });
  });

  test('only the copy carries the request’s protection; KMS and SSE-C are refused', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: 'b' }));
    const copy = { Bucket, Key: 'k', CopySource: `${Bucket}/source` };
    const key = Buffer.alloc(32, 3).toString('base64');
    for (const given of [
      { ServerSideEncryption: 'aws:kms' },
      { SSECustomerAlgorithm: 'AES256', SSECustomerKey: key },
      { CopySourceSSECustomerAlgorithm: 'AES256', CopySourceSSECustomerKey: key },
    ] as const) {
      const sent = s3.send(new CopyObjectCommand({ ...copy, ...given }));
      await refused(sent, { code: 'NotImplemented', status: 501 });
    }
    assert.equal((await exchange(s3, new HeadObjectCommand({ Bucket, Key: 'k' }))).status, 404);
  });
}

function conditionTests(site: Site): void {
  test('conditions on the source', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: 'b' }));
    const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'source' }));
    const earlier = new Date((LastModified?.getTime() ?? 0) - 5000);
    const other = '"00000000000000000000000000000000"';
    const cases: readonly [Partial<CopyObjectCommandInput>, number][] = [
      [{ CopySourceIfMatch: ETag }, 200],
      [{ CopySourceIfMatch: other }, 412],
      [{ CopySourceIfNoneMatch: ETag }, 412],
      [{ CopySourceIfNoneMatch: other }, 200],
      [{ CopySourceIfModifiedSince: earlier }, 200],
      [{ CopySourceIfModifiedSince: LastModified }, 412],
      [{ CopySourceIfUnmodifiedSince: earlier }, 412],
      [{ CopySourceIfUnmodifiedSince: LastModified }, 200],
      [{ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: earlier }, 200],
      [{ CopySourceIfNoneMatch: ETag, CopySourceIfModifiedSince: earlier }, 412],
    ];
    for (const [conditions, status] of cases) {
      const copy = { Bucket, Key: 'k', CopySource: `${Bucket}/source`, ...conditions };
      const reply = await exchange(s3, new CopyObjectCommand(copy));
      assert.equal(reply.status, status, JSON.stringify(conditions));
    }
  });

  test('copies racing overwrites of their source are whole', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const bodies = [bodyOf(100_000, 'one'), bodyOf(100_000, 'two')];
    const put = (index = 0) =>
      s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: bodies[index] ?? '' }));
    await put();
    const etags = bodies.map((body) => `"${md5Of(body)}"`);
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        if (index % 2 === 0) return put(index % 4 === 0 ? 1 : 0);
        const Key = `copy-${index}`;
        const copy = new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source` });
        const { CopyObjectResult } = await s3.send(copy);
        const got = await bytesOf(await s3.send(new GetObjectCommand({ Bucket, Key })));
        assert.ok(etags.includes(`"${md5Of(got)}"`));
        assert.equal(CopyObjectResult?.ETag, `"${md5Of(got)}"`);
        return undefined;
      }),
    );
  });
}
