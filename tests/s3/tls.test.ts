/** The S3 port under TLS: SDKs then send unsigned payloads with a checksum trailer (row 1). */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
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

/** The fingerprints of the certificates that so many new connections are shown. */
async function shown(port: number, count: number): Promise<string[]> {
  const seen = new Set<string>();
  for (let done = 0; done < count; done++) {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    seen.add(socket.getPeerCertificate().fingerprint256);
    socket.destroy();
  }
  return [...seen];
}

const fingerprintOf = (certPath: string): string =>
  new X509Certificate(readFileSync(certPath)).fingerprint256;

for (const workers of ['1', '2']) {
  test(`SIGHUP brings a new certificate, and keeps the old one for a wrong pair, with --workers ${workers}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'coffer-tls-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const [first, second] = [certificate('first'), certificate('second')];
    const place = (certPath: string, keyPath: string): void => {
      writeFileSync(cert, readFileSync(certPath));
      writeFileSync(key, readFileSync(keyPath), { mode: 0o600 });
    };
    place(first.certPath, first.keyPath);
    const flags = ['--workers', workers, '--tls-cert', cert, '--tls-key', key];
    await using server = await startServer({ flags });
    const port = Number(new URL(server.url).port);
    assert.deepEqual(await shown(port, 6), [fingerprintOf(first.certPath)]);
    place(second.certPath, second.keyPath);
    process.kill(server.pid, 'SIGHUP');
    const now = fingerprintOf(second.certPath);
    let seen: string[] = [];
    while (seen.length !== 1 || seen[0] !== now) seen = await shown(port, 16);
    place(first.certPath, second.keyPath);
    process.kill(server.pid, 'SIGHUP');
    while (!server.output().includes('the certificate was not reloaded')) await pause(10);
    assert.deepEqual(await shown(port, 6), [now]);
  });

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
