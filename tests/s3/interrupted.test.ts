/** Uploads that end in the middle: nothing visible, nothing left on the disk. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { RawClient } from '../support/raw-socket.ts';
import { signed } from './sigv4.ts';
import { bodyOf, openSite, type Site } from './site.ts';
import { bytesOf } from './wire.ts';

/** After this long the first sweep of a start is over; the next one's turn comes a minute later. */
const sweptMs = 2_500;
const beforeNextSweepMs = 45_000;

/** The blob files of a data folder. */
function blobsOf(data: string): string[] {
  const folder = join(data, 'blobs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Waits until there are so many; the runner's own time limit is the only one. */
async function blobsBecome(data: string, count: number): Promise<void> {
  while (blobsOf(data).length !== count) await wait(20);
}

/** Sends the head of a long upload and some of its body; returns when bytes of it are on the disk. */
async function begin(
  site: Site,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<RawClient> {
  const { data, credentials } = site.server;
  const before = blobsOf(data).length;
  const client = new RawClient(site.port);
  const head = signed(
    {
      method: 'PUT',
      host: `127.0.0.1:${site.port}`,
      path,
      query,
      payload: 'UNSIGNED-PAYLOAD',
      headers: { 'content-length': '50000000' },
    },
    credentials,
  );
  client.send(head.head).send(bodyOf(3_000_000, 'interrupted'));
  await blobsBecome(data, before + 1);
  return client;
}

async function versionsOf(site: Site, Bucket: string): Promise<(string | undefined)[]> {
  const page = await site.s3.send(new ListObjectVersionsCommand({ Bucket }));
  return [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key }) => Key);
}

for (const workers of [1, 2]) {
  test(`a client that goes away in the middle, with --workers ${workers}`, async () => {
    const site = await openSite({ workers });
    try {
      const { data } = site.server;
      const Bucket = await site.bucket();
      for (const end of ['destroy', 'end'] as const) {
        const client = await begin(site, `/${Bucket}/k`);
        client.socket[end]();
        await blobsBecome(data, 0);
        client.socket.destroy();
        assert.deepEqual(await versionsOf(site, Bucket), []);
      }
      const created = new CreateMultipartUploadCommand({ Bucket, Key: 'k' });
      const { UploadId = '' } = await site.s3.send(created);
      const part = await begin(site, `/${Bucket}/k`, { partNumber: '1', uploadId: UploadId });
      part.socket.destroy();
      await blobsBecome(data, 0);
      const { Parts = [] } = await site.s3.send(
        new ListPartsCommand({ Bucket, Key: 'k', UploadId }),
      );
      assert.deepEqual(Parts, []);
    } finally {
      await site.close();
    }
  });

  test(`a server that is killed in the middle, with --workers ${workers}`, async () => {
    const first = await openSite({ workers });
    const { data } = first.server;
    const Bucket = await first.bucket();
    const kept = bodyOf(100_000, 'acknowledged');
    await first.s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: kept }));
    const client = await begin(first, `/${Bucket}/k`);
    process.kill(first.server.pid, 'SIGKILL');
    await client.closed;
    await first.end();
    assert.equal(blobsOf(data).length, 2);
    const second = await openSite({ workers, data });
    try {
      assert.deepEqual(await versionsOf(second, Bucket), ['kept']);
      await blobsBecome(data, 1);
      const got = await second.s3.send(new GetObjectCommand({ Bucket, Key: 'kept' }));
      assert.ok((await bytesOf(got)).equals(kept));
    } finally {
      await second.close();
    }
  });
}

/** The worker that has a file of the data folder open. */
function workerWith(primary: number, file: string): number | undefined {
  const children = readFileSync(`/proc/${primary}/task/${primary}/children`, 'utf8');
  return children
    .trim()
    .split(' ')
    .map(Number)
    .find((pid) =>
      readdirSync(`/proc/${pid}/fd`).some((fd) => {
        try {
          return readlinkSync(`/proc/${pid}/fd/${fd}`) === file;
        } catch {
          return false;
        }
      }),
    );
}

test(
  'a worker that is killed in the middle, while its primary and the other worker go on',
  { timeout: beforeNextSweepMs },
  async () => {
    const site = await openSite({ workers: 2 });
    try {
      const { data, pid } = site.server;
      const Bucket = await site.bucket();
      const kept = bodyOf(100_000, 'acknowledged');
      // Each worker writes a blob of its own that must outlive it.
      for (const s3 of await site.onePerWorker()) {
        await s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: kept }));
        await s3.send(
          new CopyObjectCommand({
            Bucket,
            Key: `${blobsOf(data).length}`,
            CopySource: `${Bucket}/kept`,
          }),
        );
      }
      // The first sweep of a start is over: nothing but the worker's end brings the next so soon.
      await wait(sweptMs);
      const before = blobsOf(data);
      const client = await begin(site, `/${Bucket}/k`);
      const [left = ''] = blobsOf(data).filter((file) => !before.includes(file));
      const victim = workerWith(pid, left);
      assert.ok(victim !== undefined, `no worker has ${left} open`);
      process.kill(victim, 'SIGKILL');
      await client.closed;
      await blobsBecome(data, before.length);
      assert.ok(!existsSync(left));
      for (const s3 of await site.onePerWorker()) {
        const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'kept' }));
        assert.ok((await bytesOf(got)).equals(kept));
        await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: kept }));
      }
      assert.doesNotMatch(
        readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'),
        new RegExp(`\\b${victim}\\b`),
      );
    } finally {
      await site.close();
    }
  },
);
