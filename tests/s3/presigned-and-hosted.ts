/** Presigned requests of the SDK, and virtual-hosted style beside path style (rows 6, 22 and 27). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { RawClient } from '../support/raw-socket.ts';
import { bodyOf, type Site } from './site.ts';
import { bytesOf, exchange } from './wire.ts';

export function presignedAndHostedSuite(site: Site): void {
  presignedTests(site);
  hostedTests(site);
}

function presignedTests(site: Site): void {
  describe('presigned requests', () => {
    test('row 6: PUT, GET with overrides, HEAD and DELETE by whoever has the URL', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const name = { Bucket, Key: 'a b/ü+.txt' };
      const body = bodyOf(30_000, 'presigned');
      const putUrl = await getSignedUrl(s3, new PutObjectCommand(name), { expiresIn: 60 });
      const put = await fetch(putUrl, { method: 'PUT', body });
      assert.equal(put.status, 200);
      assert.equal(put.headers.get('x-amz-server-side-encryption'), 'AES256');
      const ResponseContentDisposition = 'attachment; filename="x.txt"';
      const get = new GetObjectCommand({ ...name, ResponseContentDisposition });
      const got = await fetch(await getSignedUrl(s3, get));
      assert.ok(Buffer.from(await got.arrayBuffer()).equals(body));
      assert.equal(got.headers.get('content-disposition'), ResponseContentDisposition);
      const head = await fetch(await getSignedUrl(s3, new HeadObjectCommand(name)), {
        method: 'HEAD',
      });
      assert.equal(head.headers.get('content-length'), '30000');
      // Where nobody said what it is.
      assert.equal(head.headers.get('content-type'), 'binary/octet-stream');
      const gone = await fetch(await getSignedUrl(s3, new DeleteObjectCommand(name)), {
        method: 'DELETE',
      });
      assert.equal(gone.status, 204);
      assert.equal((await exchange(s3, new HeadObjectCommand(name))).status, 404);
    });

    test('rows 6 and 27: what the signature does not cover changes nothing', async () => {
      const Bucket = await site.bucket();
      const name = { Bucket, Key: 'k' };
      await site.s3.send(new PutObjectCommand({ ...name, Body: 'b' }));
      const url = await getSignedUrl(site.s3, new GetObjectCommand(name));
      assert.equal((await fetch(url)).status, 200);
      const wrong: readonly [string, RequestInit][] = [
        [`${url}&response-content-type=text%2Fhtml`, {}],
        [`${url}&versionId=null`, {}],
        [url.replace('/k?', '/other?'), {}],
        [url, { method: 'DELETE' }],
        [url, { headers: { 'x-amz-meta-a': 'b' } }],
        [url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=901'), {}],
      ];
      for (const [target, init] of wrong) {
        const reply = await fetch(target, init);
        assert.equal(reply.status, 403, target);
      }
      const both = await fetch(url, { headers: { authorization: 'AWS4-HMAC-SHA256 x' } });
      assert.equal(both.status, 400);
      assert.equal((await exchange(site.s3, new HeadObjectCommand(name))).status, 200);
    });
  });
}

function hostedTests(site: Site): void {
  describe('virtual-hosted style', () => {
    test('row 22: bucket.localhost and path style on one port, the same objects', async () => {
      const hosted = site.client({ hosted: true });
      const Bucket = site.newName();
      await hosted.send(new CreateBucketCommand({ Bucket }));
      for (const Key of ['k', 'a/b c', `${Bucket}/k`, '../x', 'ü']) {
        const name = { Bucket, Key };
        await hosted.send(new PutObjectCommand({ ...name, Body: Key }));
        const got = await site.s3.send(new GetObjectCommand(name));
        assert.equal((await bytesOf(got)).toString(), Key);
        const back = await hosted.send(new GetObjectCommand(name));
        assert.equal((await bytesOf(back)).toString(), Key);
      }
      const listed = await hosted.send(new ListObjectsV2Command({ Bucket }));
      assert.equal(listed.KeyCount, 5);
      const absent = new HeadObjectCommand({ Bucket: site.newName(), Key: 'k' });
      assert.equal((await exchange(hosted, absent)).status, 404);
    });

    test('row 22: a host that is none of ours is path style', async () => {
      const Bucket = await site.bucket();
      for (const host of ['elsewhere', `${Bucket}.elsewhere`, '127.0.0.1', 'localhost']) {
        using client = new RawClient(site.port);
        client.send(`GET /${Bucket}/k HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
        assert.equal((await client.reply()).status, 403, host);
      }
      using client = new RawClient(site.port);
      client.send(`GET /${Bucket}/k HTTP/1.1\r\nhost: ${site.newName()}.localhost\r\n\r\n`);
      const { body } = await client.reply();
      assert.match(body, /<Code>NoSuchBucket</);
    });
  });
}
