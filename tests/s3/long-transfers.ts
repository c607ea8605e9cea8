/** Transfers that take a while: managed uploads, readers whose object is replaced, clients that leave. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { partSize } from './multipart-object.ts';
import { bodyOf, type Site } from './site.ts';
import { bytesOf } from './wire.ts';

export function longTransfersSuite(site: Site): void {
  describe('transfers that take a while', () => {
    test('the SDK’s managed upload of a stream of unknown length', async () => {
      const Bucket = await site.bucket();
      const body = bodyOf(2 * partSize + 12_345, 'managed');
      const pieces = Array.from({ length: 24 }, (_, n) =>
        body.subarray(n * 450_000, (n + 1) * 450_000),
      );
      const params = { Bucket, Key: 'k', Body: Readable.from(pieces), ContentType: 'text/x' };
      const upload = new Upload({ client: site.s3, params, queueSize: 3, partSize });
      const done = await upload.done();
      assert.match(done.ETag ?? '', /-3"$/);
      const got = await site.s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
      assert.ok((await bytesOf(got)).equals(body));
      assert.equal(got.ContentType, 'text/x');
    });

    test('a managed upload that is aborted leaves nothing', async () => {
      const Bucket = await site.bucket();
      const Body = bodyOf(3 * partSize, 'aborted');
      const upload = new Upload({ client: site.s3, params: { Bucket, Key: 'k', Body }, partSize });
      upload.on('httpUploadProgress', () => void upload.abort());
      await assert.rejects(upload.done(), { name: 'AbortError' });
      const reply = site.s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
      await assert.rejects(reply, { name: 'NotFound' });
    });

    test('a reader gets the whole of what it began to read, replaced and deleted meanwhile', async () => {
      const { body, response, name } = await beginRead(site);
      await site.s3.send(new PutObjectCommand({ ...name, Body: bodyOf(30_000_000, 'second') }));
      await site.s3.send(new DeleteObjectCommand(name));
      const pieces: Buffer[] = [];
      for await (const piece of response) pieces.push(piece as Buffer);
      assert.ok(Buffer.concat(pieces).equals(body));
    });

    test('a reader that leaves in the middle harms nobody', async () => {
      const { response, name } = await beginRead(site);
      response.destroy();
      const got = await site.s3.send(new GetObjectCommand({ ...name, Range: 'bytes=-10' }));
      assert.equal((await bytesOf(got)).length, 10);
    });
  });
}

/** Begins to read an object that is longer than all that sockets hold, and waits. */
async function beginRead(site: Site) {
  const name = { Bucket: await site.bucket(), Key: 'k' };
  const body = bodyOf(30_000_000, 'first');
  await site.s3.send(new PutObjectCommand({ ...name, Body: body }));
  const url = await getSignedUrl(site.s3, new GetObjectCommand(name));
  const [response] = (await once(get(url), 'response')) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  return { body, response, name };
}
