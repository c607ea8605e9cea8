/**
 * A CompleteMultipartUpload that takes long (S3-BEHAVIOURS 10): another process holds the metadata
 * until the clients have got the beginning of the reply that keeps them waiting.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { RawClient } from '../support/raw-socket.ts';
import { signed } from './sigv4.ts';
import { bodyOf, openSite, type Site } from './site.ts';
import { bytesOf } from './wire.ts';

const holder = join(import.meta.dirname, '../support/hold-metadata.ts');

/** From now until it is told, no process commits to the data folder. */
async function hold(data: string): Promise<() => Promise<unknown>> {
  const child = spawn(process.execPath, [holder, data], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  return () => {
    child.stdin.end();
    return ended;
  };
}

interface Upload {
  readonly UploadId: string;
  readonly ETag: string;
}

async function uploaded({ s3 }: Site, Bucket: string, body: Buffer): Promise<Upload> {
  const name = { Bucket, Key: 'k' };
  const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand(name));
  const part = { ...name, UploadId, PartNumber: 1, Body: body };
  const { ETag = '' } = await s3.send(new UploadPartCommand(part));
  return { UploadId, ETag };
}

/** Asks for the end of an upload, of a key that must not be there yet. */
function askComplete(site: Site, Bucket: string, { UploadId, ETag }: Upload): RawClient {
  const document = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${ETag}</ETag></Part></CompleteMultipartUpload>`;
  const request = {
    method: 'POST',
    host: `127.0.0.1:${site.port}`,
    path: `/${Bucket}/k`,
    query: { uploadId: UploadId },
    payload: 'UNSIGNED-PAYLOAD',
    headers: { 'content-length': String(document.length), 'if-none-match': '*' },
  } as const;
  return new RawClient(site.port)
    .send(signed(request, site.server.credentials).head)
    .send(document);
}

/** AWS's own client, which must take an error in a 200 for one. */
function clientCompletes(site: Site, Bucket: string, { UploadId, ETag }: Upload) {
  const s3 = new S3Client({
    endpoint: site.server.url,
    region: site.region,
    forcePathStyle: true,
    credentials: site.server.credentials,
    maxAttempts: 1,
  });
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  const name = { Bucket, Key: 'k', UploadId, IfNoneMatch: '*' };
  return s3.send(new CompleteMultipartUploadCommand({ ...name, MultipartUpload })).then(
    () => 'done',
    (error: Error) => error.name,
  );
}

test('row 10: a slow Complete is kept alive, and tells in a 200 how it ended', async () => {
  const site = await openSite({ workers: 2 });
  try {
    const Bucket = await site.bucket();
    const bodies = [bodyOf(30_000, 'one'), bodyOf(30_000, 'two'), bodyOf(30_000, 'three')];
    const uploads = await Promise.all(bodies.map((body) => uploaded(site, Bucket, body)));
    const [last, ...first] = uploads as [Upload, ...Upload[]];
    const letGo = await hold(site.server.data);
    const sdk = clientCompletes(site, Bucket, last);
    const clients = first.map((upload) => askComplete(site, Bucket, upload));
    for (const client of clients) {
      const begun = await client.until((text) => text.includes('?>\n'));
      assert.match(begun, /^HTTP\/1\.1 200 OK\r\n/);
      assert.match(begun, /^x-amz-server-side-encryption: AES256\r$/im);
      assert.match(begun, /^content-type: application\/xml\r$/im);
      assert.doesNotMatch(begun, /Result|Error/);
    }
    await letGo();
    const ends = clients.map((client) => client.until((text) => text.endsWith('\r\n0\r\n\r\n')));
    const outcomes = [await sdk, ...(await Promise.all(ends)).map(outcomeOf)];
    assert.deepEqual(outcomes.toSorted(), ['PreconditionFailed', 'PreconditionFailed', 'done']);
    const got = await site.s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.ok((await bytesOf(got)).equals(bodies[outcomes.indexOf('done')] ?? Buffer.alloc(0)));
    for (const client of clients) client.socket.destroy();
  } finally {
    await site.close();
  }
});

function outcomeOf(reply: string): string {
  if (reply.includes('<CompleteMultipartUploadResult')) return 'done';
  return /<Error><Code>(\w+)<\/Code>/.exec(reply)?.[1] ?? reply;
}
