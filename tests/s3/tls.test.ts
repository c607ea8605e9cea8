/** The S3 port under TLS: SDKs then send unsigned payloads with a checksum trailer (row 1). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { test } from 'node:test';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { startServer } from '../server.ts';
import { certificate } from '../support/certificate.ts';
import { bodyOf } from './site.ts';
import { bytesOf, exchange, holdToModel } from './wire.ts';

for (const workers of ['1', '2']) {
  test(`objects over TLS, with --workers ${workers}`, async () => {
    const { certPath, keyPath } = certificate('first');
    const tls = ['--tls-cert', certPath, '--tls-key', keyPath];
    await using server = await startServer({ flags: ['--workers', workers, ...tls] });
    assert.match(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    const s3 = new S3Client({
      endpoint: server.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: server.credentials,
      maxAttempts: 1,
      requestHandler: { httpsAgent: new Agent({ ca: readFileSync(certPath), keepAlive: true }) },
    });
    holdToModel(s3);
    const Bucket = 'secure';
    await s3.send(new CreateBucketCommand({ Bucket }));
    const body = bodyOf(300_000, 'tls');
    const Body = Readable.from([body.subarray(0, 100_000), body.subarray(100_000)]);
    const put = { Bucket, Key: 'k', Body, ContentLength: body.length };
    const stored = await s3.send(new PutObjectCommand(put));
    assert.equal(stored.ServerSideEncryption, 'AES256');
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
    assert.ok((await bytesOf(got)).equals(body));
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.match(url, /^https:/);
    // aws:SecureTransport is what the socket was.
    const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
    const statement = { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: insecure };
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    const Policy = JSON.stringify({ Statement: [{ ...statement, Resource }] });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const still = await exchange(s3, new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.equal(still.status, 200);
    s3.destroy();
  });
}
