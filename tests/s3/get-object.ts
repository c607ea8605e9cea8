/** GetObject: ranges and parts in plaintext coordinates, conditions, overrides, refusals. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { multipartObject, partSize } from './multipart-object.ts';
import { bodyOf, md5Of, type Site } from './site.ts';
import { bytesOf, codeOf, exchange, refused } from './wire.ts';

interface Stored {
  readonly Key: string;
  readonly body: Buffer;
  readonly etag: string;
}

export function getObjectSuite(site: Site): void {
  describe('GetObject', () => {
    const objects: Stored[] = [];
    let Bucket = '';
    before(async () => {
      Bucket = await site.bucket();
      for (const [Key, size] of [
        ['inline', 5000],
        ['file', 200_000],
      ] as const) {
        const body = bodyOf(size, Key);
        await site.s3.send(new PutObjectCommand({ Bucket, Key, Body: body }));
        objects.push({ Key, body, etag: `"${md5Of(body)}"` });
      }
      const Key = 'multipart';
      const sizes = [partSize, partSize + 12_345, 777];
      objects.push({ Key, ...(await multipartObject(site.s3, { Bucket, Key }, sizes)) });
    });
    const fixture = { objects, bucket: () => Bucket };
    rangeTests(site, fixture);
    partTests(site, fixture);
    conditionTests(site, fixture);
    headerTests(site, fixture);
    absenceTests(site);
  });
}

interface Fixture {
  readonly objects: readonly Stored[];
  readonly bucket: () => string;
}

function rangeTests(site: Site, { objects, bucket }: Fixture): void {
  test('rows 11 and 12: ranges of inline, file and multipart objects, by GET and HEAD', async () => {
    for (const { Key, body } of objects) {
      const { length } = body;
      const edges = [0, 1, 4999, 65_535, 65_536, partSize - 1, partSize, length - 1];
      const cuts = edges.filter((edge) => edge < length);
      const ranges: (readonly [string, number, number])[] = [
        ...cuts.map((at) => [`bytes=${at}-${at}`, at, at + 1] as const),
        [`bytes=${length - 4990}-`, length - 4990, length],
        ['bytes=-1', length - 1, length],
        ['bytes=-100', length - 100, length],
        [`bytes=10-${length + 5}`, 10, length],
        // The whole of the largest object once is enough.
        ...(Key === 'multipart' ? [] : [[`bytes=-${length + 5}`, 0, length] as const]),
        [`bytes=3-${Math.min(length - 2, 70_000)}`, 3, Math.min(length - 1, 70_001)],
      ];
      for (const [Range, start, end] of ranges) {
        const name = { Bucket: bucket(), Key, Range };
        const got = await exchange(site.s3, new GetObjectCommand(name));
        assert.equal(got.status, 206, `${Key} ${Range}`);
        assert.ok(got.body.equals(body.subarray(start, end)), `${Key} ${Range}`);
        const expected = `bytes ${start}-${end - 1}/${length}`;
        assert.equal(got.headers['content-range'], expected);
        assert.equal(got.headers['x-amz-server-side-encryption'], 'AES256');
        const head = await exchange(site.s3, new HeadObjectCommand(name));
        assert.equal(head.status, 206);
        assert.equal(head.headers['content-range'], expected);
        assert.equal(head.headers['content-length'], String(end - start));
      }
    }
  });

  test('row 12: an unsatisfiable range is 416 with the size', async () => {
    for (const { Key, body } of objects) {
      for (const Range of [`bytes=${body.length}-`, 'bytes=-0']) {
        const name = { Bucket: bucket(), Key, Range };
        const got = await exchange(site.s3, new GetObjectCommand(name));
        assert.deepEqual([got.status, codeOf(got)], [416, 'InvalidRange']);
        assert.equal(got.headers['content-range'], `bytes */${body.length}`);
        const head = await exchange(site.s3, new HeadObjectCommand(name));
        assert.equal(head.status, 416);
      }
    }
  });

  test('row 12: no range of an empty object can be satisfied', async () => {
    const name = { Bucket: bucket(), Key: 'empty' };
    await site.s3.send(new PutObjectCommand({ ...name, Body: '' }));
    for (const Range of ['bytes=0-0', 'bytes=0-', 'bytes=-5']) {
      const got = await exchange(site.s3, new GetObjectCommand({ ...name, Range }));
      assert.deepEqual([got.status, got.headers['content-range']], [416, 'bytes */0'], Range);
    }
    const part = await exchange(site.s3, new GetObjectCommand({ ...name, PartNumber: 1 }));
    assert.deepEqual([part.status, part.body.length], [200, 0]);
  });

  test('row 12: a range that is none is ignored, and a 200 has no Content-Range', async () => {
    const [{ Key, body } = { Key: '', body: Buffer.alloc(0) }] = objects;
    for (const Range of ['bytes=5-2', 'bytes=a-b', 'lines=1-2', 'bytes=', 'bytes=0-1,3-4']) {
      const got = await exchange(site.s3, new GetObjectCommand({ Bucket: bucket(), Key }), {
        headers: { range: Range },
      });
      assert.equal(got.status, 200, Range);
      assert.equal(got.headers['content-range'], undefined);
      assert.ok(got.body.equals(body));
    }
  });
}

function partTests(site: Site, { objects, bucket }: Fixture): void {
  test('row 11: partNumber names the plaintext of a part, by GET and HEAD', async () => {
    const { body = Buffer.alloc(0) } = objects[2] ?? {};
    const ends = [0, partSize, 2 * partSize + 12_345, body.length];
    for (const PartNumber of [1, 2, 3]) {
      const [start = 0, end = 0] = ends.slice(PartNumber - 1);
      const name = { Bucket: bucket(), Key: 'multipart', PartNumber };
      const got = await site.s3.send(new GetObjectCommand(name));
      assert.ok((await bytesOf(got)).equals(body.subarray(start, end)));
      assert.equal(got.PartsCount, 3);
      assert.equal(got.ContentRange, `bytes ${start}-${end - 1}/${body.length}`);
      const head = await exchange(site.s3, new HeadObjectCommand(name));
      assert.equal(head.status, 206);
      assert.equal(head.headers['content-length'], String(end - start));
      assert.equal(head.headers['x-amz-mp-parts-count'], '3');
    }
    const beyond = { Bucket: bucket(), Key: 'multipart', PartNumber: 4 };
    await refused(site.s3.send(new GetObjectCommand(beyond)), {
      code: 'InvalidPartNumber',
      status: 416,
    });
  });

  test('row 11: a single-piece object is its own part 1', async () => {
    for (const { Key, body } of objects.slice(0, 2)) {
      const name = { Bucket: bucket(), Key, PartNumber: 1 };
      const got = await exchange(site.s3, new GetObjectCommand(name));
      assert.equal(got.status, 206);
      assert.ok(got.body.equals(body));
      assert.equal(got.headers['x-amz-mp-parts-count'], undefined);
      const second = site.s3.send(new GetObjectCommand({ ...name, PartNumber: 2 }));
      await refused(second, { code: 'InvalidPartNumber', status: 416 });
    }
  });

  test('a range and a part at once, and part 0, are refused', async () => {
    const name = { Bucket: bucket(), Key: 'multipart' };
    const both = new GetObjectCommand({ ...name, PartNumber: 1, Range: 'bytes=0-1' });
    await refused(site.s3.send(both), { code: 'InvalidRequest', status: 400 });
    for (const PartNumber of [0, 10_001]) {
      const sent = site.s3.send(new GetObjectCommand({ ...name, PartNumber }));
      await refused(sent, { code: 'InvalidArgument', status: 400 });
    }
  });
}

function conditionTests(site: Site, { objects, bucket }: Fixture): void {
  test('conditional reads, alone and together, in the order of RFC 9110', async () => {
    const { Key = '', etag = '' } = objects[0] ?? {};
    const name = { Bucket: bucket(), Key };
    const { LastModified = new Date() } = await site.s3.send(new HeadObjectCommand(name));
    const earlier = new Date(LastModified.getTime() - 1000);
    const other = '"00000000000000000000000000000000"';
    const cases: [Partial<ConstructorParameters<typeof GetObjectCommand>[0]>, number][] = [
      [{ IfMatch: etag }, 200],
      [{ IfMatch: etag.replaceAll('"', '') }, 200],
      [{ IfMatch: `${other}, ${etag}` }, 200],
      [{ IfMatch: '*' }, 200],
      [{ IfMatch: other }, 412],
      [{ IfNoneMatch: etag }, 304],
      [{ IfNoneMatch: '*' }, 304],
      [{ IfNoneMatch: other }, 200],
      [{ IfModifiedSince: LastModified }, 304],
      [{ IfModifiedSince: earlier }, 200],
      [{ IfUnmodifiedSince: LastModified }, 200],
      [{ IfUnmodifiedSince: earlier }, 412],
      // A matching If-Match makes If-Unmodified-Since moot; a failing If-None-Match a 304.
      [{ IfMatch: etag, IfUnmodifiedSince: earlier }, 200],
      [{ IfNoneMatch: etag, IfModifiedSince: earlier }, 304],
      [{ IfNoneMatch: other, IfModifiedSince: LastModified }, 200],
    ];
    for (const [conditions, status] of cases) {
      const what = JSON.stringify(conditions);
      const got = await exchange(site.s3, new GetObjectCommand({ ...name, ...conditions }));
      assert.equal(got.status, status, what);
      if (status === 412) assert.equal(codeOf(got), 'PreconditionFailed');
      if (status === 304) {
        assert.equal(got.body.length, 0);
        assert.equal(got.headers['etag'], etag);
      }
      const head = await exchange(site.s3, new HeadObjectCommand({ ...name, ...conditions }));
      assert.equal(head.status, status, `HEAD ${what}`);
    }
  });
}

function headerTests(site: Site, { objects, bucket }: Fixture): void {
  test('row 5: the SSE request header on a read is a 400', async () => {
    for (const { Key } of objects) {
      const name = { Bucket: bucket(), Key };
      const headers = { 'x-amz-server-side-encryption': 'AES256' };
      const got = await exchange(site.s3, new GetObjectCommand(name), { headers });
      assert.deepEqual([got.status, codeOf(got)], [400, 'InvalidRequest']);
      const head = await exchange(site.s3, new HeadObjectCommand(name), { headers });
      assert.equal(head.status, 400);
    }
  });

  test('SSE-C headers on a read of an object that is not so encrypted are a 400', async () => {
    const customer = {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: Buffer.alloc(32, 1).toString('base64'),
    };
    const sent = site.s3.send(
      new GetObjectCommand({ Bucket: bucket(), Key: 'inline', ...customer }),
    );
    await refused(sent, { code: 'InvalidRequest', status: 400 });
  });

  test('row 27: response-* overrides replace headers, on signed requests only', async () => {
    const name = { Bucket: bucket(), Key: 'inline' };
    const asked = {
      ResponseContentType: 'text/x',
      ResponseContentDisposition: 'attachment; filename="x"',
      ResponseCacheControl: 'no-cache',
      ResponseContentEncoding: 'x-e',
      ResponseContentLanguage: 'fr',
      ResponseExpires: new Date('2031-01-01T00:00:00Z'),
    };
    const got = await site.s3.send(new GetObjectCommand({ ...name, ...asked }));
    assert.equal(got.ContentType, 'text/x');
    assert.equal(got.ContentDisposition, 'attachment; filename="x"');
    assert.equal(got.CacheControl, 'no-cache');
    assert.equal(got.ContentEncoding, 'x-e');
    assert.equal(got.ContentLanguage, 'fr');
    assert.equal(got.ExpiresString, 'Wed, 01 Jan 2031 00:00:00 GMT');
    const bare = site.anonymous().send(new GetObjectCommand({ ...name, ...asked }));
    await refused(bare, { code: 'InvalidRequest', status: 400 });
  });

  test('an unknown parameter is no other operation’s', async () => {
    const name = { Bucket: bucket(), Key: 'inline' };
    const got = await exchange(site.s3, new GetObjectCommand(name), {
      query: { 'x-id': 'GetObject', unheard: '1' },
    });
    assert.equal(got.status, 200);
  });
}

function absenceTests(site: Site): void {
  test('rows 23: a missing key names itself; a HEAD of it has no body', async () => {
    const Bucket = await site.bucket();
    const error = await refused(site.s3.send(new GetObjectCommand({ Bucket, Key: 'no <&>' })), {
      code: 'NoSuchKey',
      status: 404,
      message: 'The specified key does not exist.',
    });
    assert.equal((error as { Key?: string }).Key, 'no <&>');
    const head = await exchange(site.s3, new HeadObjectCommand({ Bucket, Key: 'no' }));
    assert.deepEqual([head.status, head.body.length], [404, 0]);
    assert.ok(head.headers['x-amz-request-id']);
    assert.ok(head.headers['x-amz-id-2']);
  });

  test('whether a key exists is told only to who may list', async () => {
    const Bucket = await site.bucket();
    const user = await site.user({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` },
    });
    const s3 = site.client({ credentials: user });
    await refused(s3.send(new GetObjectCommand({ Bucket, Key: 'no' })), {
      code: 'AccessDenied',
      status: 403,
    });
    await site.s3.send(new PutObjectCommand({ Bucket, Key: 'yes', Body: 'b' }));
    assert.equal(
      (await bytesOf(await s3.send(new GetObjectCommand({ Bucket, Key: 'yes' })))).toString(),
      'b',
    );
  });
}
