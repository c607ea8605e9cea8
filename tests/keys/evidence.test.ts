/**
 * Keys destroyed and buckets shredded from outside, with two workers: by the commands that an operator
 * types, while clients go on. What is destroyed is gone in every process and after a restart.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { KeysStatus, RecordReport } from '../../src/admin/contract.ts';
import { bodyOf, openSite, type Site } from '../s3/site.ts';
import { startServer } from '../server.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command, as it is typed. */
async function coffer(data: string, ...argv: readonly string[]): Promise<Ran> {
  const flags = ['--disable-warning=ExperimentalWarning', main];
  const { promise, resolve: ended } = Promise.withResolvers<Ran>();
  execFile(process.execPath, [...flags, ...argv, '--data', data], (error, out, err) =>
    ended({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
  );
  return promise;
}

async function done(data: string, ...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await coffer(data, ...argv);
  assert.equal(code, 0, err);
  return out;
}

async function statusOf(data: string): Promise<KeysStatus> {
  return JSON.parse(await done(data, 'keys', 'status', '--json')) as KeysStatus;
}

/** Waits until nothing refers to the version: rows are re-wrapped, and those of a shredded bucket go. */
async function unreferenced(data: string, version: number): Promise<void> {
  await done(data, 'keys', 'rewrap');
  for (;;) {
    const status = await statusOf(data);
    const found = status.versions.find((each) => each.version === version);
    if (found?.references.rows === 0) return;
    await pause(200);
  }
}

async function read({ s3 }: Site, bucket: string, key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

function assertSigned({ text, signature }: RecordReport): void {
  const { publicKey } = JSON.parse(text) as { publicKey: string };
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
    format: 'jwk',
  });
  const signed = Buffer.concat([Buffer.from('coffer/1/record\0'), Buffer.from(text)]);
  assert.ok(verify(null, signed, key, Buffer.from(signature, 'base64url')));
}

test('a version is destroyed by command, an upload from under it completes, a bucket is shredded', async () => {
  const site = await openSite({ workers: 2 });
  after(() => site.close());
  const { s3, server } = site;
  const { data } = server;
  for (const Bucket of ['kept', 'doomed']) await s3.send(new CreateBucketCommand({ Bucket }));
  const body = bodyOf(200_003, 'body');
  for (const Bucket of ['kept', 'doomed']) {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body: body }));
  }
  const upload = { Bucket: 'kept', Key: 'upload' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
  const part = { ...upload, UploadId, PartNumber: 1, Body: body };
  const { ETag } = await s3.send(new UploadPartCommand(part));

  const early = await coffer(data, 'keys', 'destroy', '1', '--yes');
  assert.equal(early.code, 1);
  assert.match(early.err, /version 1 is current/);
  const unasked = await coffer(data, 'keys', 'destroy', '1');
  assert.equal(unasked.code, 2);
  await done(data, 'keys', 'rotate');
  await unreferenced(data, 1);
  const rootKey = readFileSync(`${data}.root-key`, 'utf8');
  const destroyed = await done(data, 'keys', 'destroy', '1', '--yes');
  assert.match(destroyed, /version 1 is destroyed[\s\S]*master-key-destroyed[\s\S]*BACK IT UP NOW/);
  assert.notEqual(readFileSync(`${data}.root-key`, 'utf8'), rootKey);
  assert.equal(readdirSync(`${data}/keys`).length, 1);
  assert.match(server.output(), /BACK IT UP NOW/);
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
  for (const [bucket, key] of [
    ['kept', 'key'],
    ['kept', 'upload'],
    ['doomed', 'key'],
  ] as const) {
    assert.ok((await read(site, bucket, key)).equals(body));
  }

  const shredded = await done(data, 'bucket', 'shred', 'doomed', '--yes');
  assert.match(shredded, /coffer keys rotate\n {2}coffer keys rewrap\n {2}coffer keys destroy 2\n/);
  // Each connection may be another worker's.
  for (let round = 0; round < 8; round++) {
    const client = site.client({ ownConnection: true });
    const get = new GetObjectCommand({ Bucket: 'doomed', Key: 'key' });
    await assert.rejects(client.send(get), { name: 'NoSuchBucket' });
    client.destroy();
  }
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  assert.deepEqual(
    Buckets?.map(({ Name }) => Name),
    ['kept'],
  );
  const again = await coffer(data, 'bucket', 'shred', 'doomed', '--yes');
  assert.equal(again.code, 1);
  assert.match(again.err, /no bucket named "doomed"/);
  await done(data, 'keys', 'rotate');
  await unreferenced(data, 2);
  await done(data, 'keys', 'destroy', '2', '--yes');
  await s3.send(new CreateBucketCommand({ Bucket: 'doomed' }));
  const records = JSON.parse(await done(data, 'keys', 'records', '--json')) as {
    readonly records: readonly RecordReport[];
  };
  assert.deepEqual(
    records.records.map(({ kind }) => kind),
    [
      'master-key-destroyed',
      'master-key-destruction-completed',
      'bucket-shredded',
      'master-key-destroyed',
      'master-key-destruction-completed',
    ],
  );
  for (const record of records.records) {
    assert.ok(record.verified);
    assertSigned(record);
  }

  assert.equal(await site.end(), 0);
  await using second = await startServer({ data, flags: ['--workers', '2'] });
  const { url, credentials } = second;
  assert.ok(url && credentials.accessKeyId);
  const status = await statusOf(data);
  assert.deepEqual(
    status.versions.map(({ state }) => state),
    ['destroyed', 'destroyed', 'current'],
  );
});
