/**
 * minio-js from devDependencies: its own SigV4, its own multipart and its own POST policies.
 *
 * Not its setBucketTagging: it takes only 200 for an answer, where AWS and Coffer send 204.
 * Nor a range of composeObject: it forgets where the range starts. Nor a copy of a key with `+` in
 * it: it does not encode the copy source, and S3 reads a bare `+` there as a space.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { type BucketItem, Client, CopyDestinationOptions, CopySourceOptions } from 'minio';

import { body, etagOf, sameBytes, sameFile, writeBody } from './bodies.ts';
import { denyPolicy } from './deny-policy.ts';
import { type Stage, type Suite, same } from './suite.ts';

export const minioJs: Suite = {
  name: 'minio-js',
  run: async (stage) => {
    const { check } = stage.checks;
    const client = clientOf(stage);
    await check('makeBucket, bucketExists', async () => {
      await client.makeBucket(bucket, 'us-east-1');
      same(await client.bucketExists(bucket), true, 'bucketExists');
      same(await client.bucketExists('minio-js-none'), false, 'bucketExists of none');
    });
    await objects(stage, client);
    await multipart(stage, client);
    await links(stage, client);
    await configuration(stage, client);
    await check('removeObjects, by name and by version, removeBucket', async () => {
      const names = (await listed(client, '')).map(({ name }) => name ?? '');
      const answers = await client.removeObjects(bucket, names);
      // Versioning was suspended: each left a delete marker.
      const markers = await versions(client);
      same(markers.length, names.length, 'delete markers');
      answers.push(...(await client.removeObjects(bucket, markers)));
      same(answers.filter(Boolean), [], 'errors of removeObjects');
      await client.removeBucket(bucket);
    });
  },
};

const bucket = 'minio-js-bucket';
const sse = { 'x-amz-server-side-encryption': 'AES256' };
const MiB = 1024 * 1024;

function clientOf({ site }: Stage): Client {
  return new Client({
    endPoint: site.host,
    port: site.port,
    useSSL: false,
    accessKey: site.root.accessKeyId,
    secretKey: site.root.secretAccessKey,
    region: site.region,
    pathStyle: true,
    partSize: 5 * MiB,
  });
}

async function objects(stage: Stage, client: Client): Promise<void> {
  const { check } = stage.checks;
  const bytes = body(100_000, stage.canary);
  await check('putObject with metadata and AES256, statObject, getObject', async () => {
    const note = { 'x-amz-meta-note': stage.canary };
    const put = await client.putObject(bucket, 'a/one +%.bin', bytes, bytes.length, {
      ...sse,
      ...note,
    });
    same(`"${put.etag}"`, etagOf(bytes), 'ETag');
    const stat = await client.statObject(bucket, 'a/one +%.bin');
    same([stat.size, stat.metaData['note']], [bytes.length, stage.canary], 'stat');
    const got = await buffer(await client.getObject(bucket, 'a/one +%.bin'));
    same(got.equals(bytes), true, 'bytes');
  });
  await check('getPartialObject across a segment', async () => {
    const part = await buffer(await client.getPartialObject(bucket, 'a/one +%.bin', 65_500, 99));
    same(part.equals(bytes.subarray(65_500, 65_599)), true, 'bytes');
  });
  await check('copyObject with new metadata and AES256', async () => {
    await client.putObject(bucket, 'a/two %.bin', bytes, bytes.length, { note: stage.canary });
    await client.copyObject(
      new CopySourceOptions({ Bucket: bucket, Object: 'a/two %.bin' }),
      new CopyDestinationOptions({
        Bucket: bucket,
        Object: 'b/copy.bin',
        MetadataDirective: 'REPLACE',
        UserMetadata: { again: stage.canary },
        Headers: sse,
      }),
    );
    const stat = await client.statObject(bucket, 'b/copy.bin');
    same([stat.metaData['again'], stat.metaData['note']], [stage.canary, undefined], 'metadata');
    same((await buffer(await client.getObject(bucket, 'b/copy.bin'))).equals(bytes), true, 'bytes');
  });
  await check('listObjects and listObjectsV2', async () => {
    const keys = (await listed(client, '')).map(({ name }) => name);
    same(keys, ['a/one +%.bin', 'a/two %.bin', 'b/copy.bin'], 'recursive');
    const folders = await collected<BucketItem>(client.listObjects(bucket, '', false));
    same(
      folders.map(({ prefix }) => prefix),
      ['a/', 'b/'],
      'prefixes',
    );
  });
}

async function multipart(stage: Stage, client: Client): Promise<void> {
  const { check } = stage.checks;
  const large = writeBody(join(stage.folder, 'large.bin'), 21 * MiB + 3, stage.canary);
  await check('fPutObject of 21 MiB in parts, fGetObject', async () => {
    const put = await client.fPutObject(bucket, 'large.bin', large, sse);
    same(/-\d+$/.test(put.etag), true, `parts in the ETag ${put.etag}`);
    await client.fGetObject(bucket, 'large.bin', join(stage.folder, 'large.back'));
    sameFile(large, join(stage.folder, 'large.back'));
  });
  await check('composeObject of two objects (UploadPartCopy)', async () => {
    const sources = ['large.bin', 'b/copy.bin'];
    await client.composeObject(
      new CopyDestinationOptions({ Bucket: bucket, Object: 'composed.bin', Headers: sse }),
      sources.map((Object) => new CopySourceOptions({ Bucket: bucket, Object })),
    );
    const parts = [readFileSync(large), await buffer(await client.getObject(bucket, 'b/copy.bin'))];
    const got = await buffer(await client.getObject(bucket, 'composed.bin'));
    same(got.equals(Buffer.concat(parts)), true, 'bytes');
  });
  await check('listIncompleteUploads, removeIncompleteUpload', async () => {
    await client.initiateNewMultipartUpload(bucket, 'left/open.bin', {});
    const open = await collected<{ key: string }>(
      client.listIncompleteUploads(bucket, 'left/', true),
    );
    same(
      open.map(({ key }) => key),
      ['left/open.bin'],
      'uploads',
    );
    await client.removeIncompleteUpload(bucket, 'left/open.bin');
    same(await collected(client.listIncompleteUploads(bucket, '', true)), [], 'uploads after');
  });
}

async function links(stage: Stage, client: Client): Promise<void> {
  const { check } = stage.checks;
  const file = writeBody(join(stage.folder, 'link.bin'), 50_000, stage.canary);
  const upload = new Uint8Array(readFileSync(file));
  await check('presignedPutObject and presignedGetObject', async () => {
    const put = await client.presignedPutObject(bucket, 'link.bin', 300);
    same((await fetch(put, { method: 'PUT', body: upload })).status, 200, 'PUT');
    const disposition = { 'response-content-disposition': 'attachment; filename="x.bin"' };
    const get = await fetch(await client.presignedGetObject(bucket, 'link.bin', 300, disposition));
    same(get.headers.get('content-disposition'), 'attachment; filename="x.bin"', 'disposition');
    sameBytes(file, Buffer.from(await get.arrayBuffer()));
  });
  await check('presignedPostPolicy', async () => {
    const policy = client.newPostPolicy();
    policy.setBucket(bucket);
    policy.setKey('posted.bin');
    policy.setExpires(new Date(Date.now() + 300_000));
    policy.setContentLengthRange(1, 100_000);
    policy.setUserMetaData({ note: stage.canary });
    const { postURL, formData } = await client.presignedPostPolicy(policy);
    const form = new FormData();
    for (const [name, value] of Object.entries(formData)) form.append(name, value);
    form.append('file', new Blob([upload]));
    const url = new URL(postURL);
    same(url.host, `${stage.site.host}:${stage.site.port}`, 'post URL');
    same((await fetch(url, { method: 'POST', body: form })).status, 204, 'POST');
    const got = await buffer(await client.getObject(bucket, 'posted.bin'));
    sameBytes(file, got);
  });
}

async function configuration(stage: Stage, client: Client): Promise<void> {
  const { check } = stage.checks;
  await check('tags of objects', async () => {
    await client.setObjectTagging(bucket, 'link.bin', { note: stage.canary });
    const tags = await client.getObjectTagging(bucket, 'link.bin');
    same(tags, [{ Key: 'note', Value: stage.canary }], 'object');
  });
  await check('encryption, policy, versioning', async () => {
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
    await client.setBucketEncryption(bucket, { Rule: [rule] });
    const encryption = JSON.stringify(await client.getBucketEncryption(bucket));
    same(encryption.includes('"SSEAlgorithm":"AES256"'), true, encryption);
    await client.setBucketPolicy(bucket, denyPolicy(bucket));
    same(await client.getBucketPolicy(bucket), denyPolicy(bucket), 'policy');
    const denied = await client.putObject(bucket, 'denied', 'x').then(
      () => 'stored',
      (error: { code?: string }) => error.code,
    );
    same(denied, 'AccessDenied', 'putObject under the deny policy');
    await client.putObject(bucket, 'let-in', 'x', 1, sse);
    await client.setBucketPolicy(bucket, '');
    await client.setBucketVersioning(bucket, { Status: 'Suspended' });
    same((await client.getBucketVersioning(bucket)).Status, 'Suspended', 'versioning');
  });
}

function listed(client: Client, prefix: string): Promise<BucketItem[]> {
  return collected(client.listObjectsV2(bucket, prefix, true));
}

function versions(client: Client): Promise<{ name: string; versionId: string }[]> {
  return collected(client.listObjects(bucket, '', true, { IncludeVersion: true }));
}

async function collected<Item>(stream: NodeJS.ReadableStream): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item as unknown as Item);
  return items;
}
