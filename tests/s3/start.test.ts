/** The program as an operator starts it: first start, restart, end, and what it leaves on the disk. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { startServer, type RunningServer } from '../server.ts';

const canary = 'canary-5f1d9c in a body, in metadata, in a tag';

function clientOf({ url, credentials }: RunningServer): S3Client {
  return new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials });
}

/** Every file below a folder that holds the text. */
function holding(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

for (const workers of ['1', '2']) {
  test(`a sealed object outlives its server, with --workers ${workers}`, async () => {
    const first = await startServer({ flags: ['--workers', workers] });
    const body = Buffer.alloc(200_000, canary);
    try {
      assert.match(first.output(), /BACK UP THE ROOT KEY FILE/);
      assert.ok(first.output().includes(first.credentials.accessKeyId));
      assert.ok(!first.output().includes(first.credentials.secretAccessKey));
      assert.equal(statSync(`${first.data}.root-key`).mode & 0o777, 0o600);
      assert.equal(statSync(`${first.data}.credentials`).mode & 0o777, 0o600);
      const s3 = clientOf(first);
      await s3.send(new CreateBucketCommand({ Bucket: 'thread' }));
      for (const [Key, Body] of [
        ['small', canary],
        ['large', body],
      ] as const) {
        const stored = await s3.send(
          new PutObjectCommand({
            Bucket: 'thread',
            Key,
            Body,
            ServerSideEncryption: 'AES256',
            Metadata: { note: canary },
            Tagging: `tag=${encodeURIComponent('canary-5f1d9c')}`,
          }),
        );
        assert.equal(stored.ServerSideEncryption, 'AES256');
      }
      assert.equal(await first.end(), 0);
      await assert.rejects(fetch(first.url));
      assert.deepEqual(holding(first.data, 'canary-5f1d9c'), []);

      const second = await startServer({ data: first.data, flags: ['--workers', workers] });
      try {
        assert.equal(second.credentials.accessKeyId, first.credentials.accessKeyId);
        const got = await clientOf(second).send(
          new GetObjectCommand({ Bucket: 'thread', Key: 'large' }),
        );
        assert.equal(got.ServerSideEncryption, 'AES256');
        assert.equal(got.Metadata?.['note'], canary);
        assert.ok(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body));
      } finally {
        assert.equal(await second.end(), 0);
      }
    } finally {
      await first.stop();
    }
  });
}

test('a second server on the same folder, and one without its key, say what is wrong', async () => {
  await using server = await startServer();
  await assert.rejects(startServer({ data: server.data }), /serves|in use|lock/i);
  await server.end();
  const key = `${server.data}.root-key`;
  execFileSync('mv', [key, `${key}.away`]);
  await assert.rejects(startServer({ data: server.data }), new RegExp(`${key}.*missing`));
  execFileSync('mv', [`${key}.away`, key]);
  execFileSync('rm', ['-rf', resolve(server.data)]);
  await assert.rejects(startServer({ data: server.data }), /initialised.*empty.*mounted/);
  assert.equal(existsSync(server.data), false);
  mkdirSync(server.data);
  await assert.rejects(startServer({ data: server.data }), /initialised.*empty.*mounted/);
  assert.deepEqual(readdirSync(server.data), [], 'the mount point is left as it was');
});

test('told to end while it starts, it ends in good order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-test-'));
  try {
    const main = resolve(import.meta.dirname, '../../src/main.ts');
    const data = join(folder, 'data');
    const flags = ['--data', data, '--listen', '127.0.0.1:0', '--console', 'off', '--workers', '2'];
    const server = spawn(process.execPath, [main, 'serve', ...flags], { stdio: 'ignore' });
    const ended = new Promise((done) => server.once('exit', (...how) => done(how)));
    while (!existsSync(`${data}.root-key`) && server.exitCode === null) await pause(1);
    server.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
