/**
 * The documented two-statement policy that denies PutObject without AES256 (row 7), against every way
 * to write: it sees the request's header, never the bucket's default, and parts by their upload.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { denied, policyOf, putPolicy } from './bucket-policy.ts';
import { presigned } from './sigv4.ts';
import type { Site } from './site.ts';
import { refused } from './wire.ts';

const header = 's3:x-amz-server-side-encryption';

async function guardedBucket(site: Site): Promise<string> {
  const Bucket = await site.bucket();
  const put = {
    Effect: 'Deny',
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  } as const;
  await site.s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: 'source' }));
  const policy = policyOf(
    { ...put, Condition: { StringNotEquals: { [header]: 'AES256' } } },
    { ...put, Condition: { Null: { [header]: 'true' } } },
  );
  await putPolicy(site, Bucket, policy);
  return Bucket;
}

const encrypted = { ServerSideEncryption: 'AES256' } as const;

export function denyUnencryptedSuite(site: Site): void {
  describe('the policy that denies unencrypted writes (row 7)', () => {
    test('row 7: PutObject, CopyObject and multipart, with and without the header', async () => {
      const { s3 } = site;
      const Bucket = await guardedBucket(site);
      const name = { Bucket, Key: 'k' };
      const put = { ...name, Body: 'b' };
      await refused(s3.send(new PutObjectCommand(put)), denied);
      await s3.send(new PutObjectCommand({ ...put, ...encrypted }));
      const copy = { ...name, CopySource: `${Bucket}/source` };
      await refused(s3.send(new CopyObjectCommand(copy)), denied);
      await s3.send(new CopyObjectCommand({ ...copy, ...encrypted }));
      await refused(s3.send(new CreateMultipartUploadCommand(name)), denied);
      const created = await s3.send(new CreateMultipartUploadCommand({ ...name, ...encrypted }));
      const upload = { ...name, UploadId: created.UploadId };
      const part = { ...upload, PartNumber: 1, CopySource: `${Bucket}/source` };
      await s3.send(new UploadPartCopyCommand(part));
      const sent = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'b' }));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: sent.ETag }] };
      await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    });

    test('row 7: an upload that carried no header is judged so, part by part', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const name = { Bucket, Key: 'k' };
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(name));
      const Resource = `arn:aws:s3:::${Bucket}/*`;
      const Condition = { Null: { [header]: 'true' } };
      const deny = { Effect: 'Deny', Action: 's3:PutObject', Resource, Condition } as const;
      await putPolicy(site, Bucket, policyOf(deny));
      const part = new UploadPartCommand({ ...name, UploadId, PartNumber: 1, Body: 'b' });
      await refused(s3.send(part), denied);
    });

    test('row 6: presigned PUT, with the header signed, in the query, or not at all', async () => {
      const Bucket = await guardedBucket(site);
      const put = { Bucket, Key: 'presigned' };
      const sse = 'x-amz-server-side-encryption';
      const bare = await getSignedUrl(site.s3, new PutObjectCommand(put));
      const signed = new PutObjectCommand({ ...put, ...encrypted });
      const asHeader = await getSignedUrl(site.s3, signed, {
        unhoistableHeaders: new Set([sse]),
      });
      const asQuery = await getSignedUrl(site.s3, new PutObjectCommand({ ...put, ...encrypted }), {
        hoistableHeaders: new Set([sse]),
      });
      assert.ok(new URL(asQuery).searchParams.get(sse) === 'AES256');
      const send = async (url: string, headers: Record<string, string> = {}) =>
        (await fetch(url, { method: 'PUT', body: 'b', headers })).status;
      assert.equal(await send(bare), 403);
      // An x-amz-* header that is not signed is never taken.
      assert.equal(await send(bare, { [sse]: 'AES256' }), 403);
      assert.equal(await send(asHeader, { [sse]: 'AES256' }), 200);
      assert.equal(await send(asHeader), 403);
      assert.equal(await send(asQuery), 200);
    });

    test('row 6: as JS v2 presigns it: in the query and in SignedHeaders', async () => {
      const Bucket = await guardedBucket(site);
      const sse = { 'x-amz-server-side-encryption': 'AES256' };
      const target = presigned(
        {
          method: 'PUT',
          host: `127.0.0.1:${site.port}`,
          path: `/${Bucket}/v2`,
          query: sse,
          headers: sse,
        },
        site.server.credentials,
        60,
      );
      const url = site.server.url + target;
      const reply = await fetch(url, { method: 'PUT', body: 'b', headers: sse });
      assert.equal(reply.status, 200);
      assert.equal(reply.headers.get('x-amz-server-side-encryption'), 'AES256');
      // Two values of what counts once are no request.
      const other = { 'x-amz-server-side-encryption': 'aws:kms' };
      const wrong = await fetch(url, { method: 'PUT', body: 'b', headers: other });
      assert.equal(wrong.status, 400);
    });

    test('row 20: a browser form, with the field and without', async () => {
      const Bucket = await guardedBucket(site);
      const sse = 'x-amz-server-side-encryption';
      for (const Fields of [{}, { [sse]: 'AES256' }]) {
        const { url, fields } = await createPresignedPost(site.s3, { Bucket, Key: 'form', Fields });
        const form = new FormData();
        for (const [field, value] of Object.entries(fields)) form.append(field, value);
        form.append('file', new Blob(['b']));
        const reply = await fetch(url, { method: 'POST', body: form });
        assert.equal(reply.status, sse in Fields ? 204 : 403);
        assert.equal(reply.headers.get(sse), sse in Fields ? 'AES256' : null);
      }
    });
  });
}
