/**
 * Rotation under load, from outside: while clients write and read, the master key is rotated again
 * and again, by command and by two who ask at once; workers are killed meanwhile. No request fails,
 * what was there before stays readable, and an upload that was begun before is completed after.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { bodyOf, openSite, type Site } from '../s3/site.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const sizes = [0, 4_096, 200_003];

interface Writers {
  readonly bodies: ReadonlyMap<string, Buffer>;
  /** Ends them; throws what any of them ran into. */
  end(): Promise<void>;
}

/** Clients that write and read back without a pause. */
function writing(site: Site, bucket: string, count: number): Writers {
  const bodies = new Map<string, Buffer>();
  const until = new AbortController();
  const one = async (name: string): Promise<void> => {
    const s3 = site.client({ ownConnection: true });
    for (let round = 0; !until.signal.aborted; round += 1) {
      const key = `${name}-${round}`;
      const body = bodyOf(sizes[round % sizes.length] ?? 0, key);
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
      bodies.set(key, body);
      await assertRead(s3, bucket, new Map([[key, body]]));
    }
  };
  const running = Promise.all(Array.from({ length: count }, (_, index) => one(`w${index}`)));
  return {
    bodies,
    end: async () => {
      until.abort();
      await running;
    },
  };
}

async function assertRead(s3: S3Client, bucket: string, bodies: ReadonlyMap<string, Buffer>) {
  for (const [key, body] of bodies) {
    const read = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    assert.ok(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(body), key);
  }
}

async function rotate({ server }: Site): Promise<{ previous: number; current: number }> {
  const argv = [main, 'keys', 'rotate', '--json', '--data', server.data];
  const flags = ['--disable-warning=ExperimentalWarning'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, ...argv]);
  return JSON.parse(stdout) as { previous: number; current: number };
}

/** An upload with its first part. */
async function beginUpload(site: Site, bucket: string) {
  const target = { Bucket: bucket, Key: 'upload' };
  const parts = [bodyOf(5 * 1024 * 1024, 'one'), bodyOf(4_096, 'two')];
  const { UploadId } = await site.s3.send(new CreateMultipartUploadCommand(target));
  const send = async (PartNumber: number) => {
    const Body = parts[PartNumber - 1] ?? assert.fail();
    const part = { ...target, UploadId, PartNumber, Body };
    const { ETag } = await site.s3.send(new UploadPartCommand(part));
    return { PartNumber, ETag };
  };
  const first = await send(1);
  return {
    body: Buffer.concat(parts),
    complete: async () => {
      const MultipartUpload = { Parts: [first, await send(2)] };
      const complete = { ...target, UploadId, MultipartUpload };
      await site.s3.send(new CompleteMultipartUploadCommand(complete));
    },
  };
}

for (const workers of [1, 2]) {
  test(`--workers ${workers}: rotations under load fail no request and lose nothing`, async () => {
    const site = await openSite({ workers });
    const bucket = await site.bucket();
    const upload = await beginUpload(site, bucket);
    const writers = writing(site, bucket, 4);
    for (const previous of [1, 2]) {
      assert.deepEqual(await rotate(site), { previous, current: previous + 1 });
    }
    const both = await Promise.all(
      [1, 2].map(() => site.admin.call('RotateKeys', { body: { from: 3 } })),
    );
    for (const rotated of both) assert.deepEqual(rotated, { previous: 3, current: 4 });
    await upload.complete();
    await writers.end();
    const bodies = new Map([...writers.bodies, ['upload', upload.body] as const]);
    await assertRead(site.s3, bucket, bodies);
    const status = await site.admin.call('GetKeysStatus', {});
    assert.deepEqual(
      status.versions.map(({ state }) => state),
      ['retained', 'retained', 'retained', 'current'],
    );
    assert.equal(await site.end(), 0);
    assert.doesNotMatch(site.server.output(), /\b(?:error|warn)\b/i);
    const again = await openSite({ workers, data: site.server.data });
    await assertRead(again.s3, bucket, bodies);
    assert.deepEqual(await rotate(again), { previous: 4, current: 5 });
    await assertRead(again.s3, bucket, bodies);
    await again.close();
  });
}

const workersOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);

test('workers that are killed do not hold a rotation up, and those in their place have the newest key', async () => {
  const site = await openSite({ workers: 2 });
  const bucket = await site.bucket();
  for (let round = 0; round < 3; round += 1) {
    const key = `k${round}`;
    const body = bodyOf(4_096, key);
    await site.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    const [victim = 0] = workersOf(site.server.pid);
    const rotated = rotate(site);
    process.kill(victim, 'SIGKILL');
    // Long before a lease ends.
    assert.deepEqual(await rotated, { previous: round + 1, current: round + 2 });
    for (const s3 of await site.onePerWorker()) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'again', Body: body }));
      await assertRead(s3, bucket, new Map([[key, body]]));
    }
  }
  assert.equal(await site.end(), 0);
  await site.close();
});
