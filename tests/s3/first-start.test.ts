/** First starts that are killed on their way, or that are two: what is left is one store that works. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { startServer, type RunningServer } from '../server.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');

function folder(t: { after(fn: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'coffer-test-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function begun(data: string): ChildProcess {
  const flags = ['--data', data, '--listen', '127.0.0.1:0', '--console', 'off'];
  return spawn(process.execPath, [main, 'serve', ...flags], { stdio: 'ignore' });
}

/** The root's buckets after it made one: its credentials hold, and the store is written and read. */
async function bucketsWith({ url, credentials }: RunningServer, made: string) {
  const s3 = new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  });
  await s3.send(new CreateBucketCommand({ Bucket: made }));
  const { Buckets = [] } = await s3.send(new ListBucketsCommand());
  s3.destroy();
  return Buckets.map(({ Name }) => Name);
}

/** What a first start makes, in its order: the kill comes as soon as it is seen. */
const steps: readonly (readonly [name: string, made: (data: string) => boolean])[] = [
  ['the folder is marked', (data) => existsSync(join(data, 'coffer'))],
  ['there is a database', (data) => existsSync(join(data, 'metadata', 'data.mdb'))],
  ['there is a root key file', (data) => existsSync(`${data}.root-key`)],
  ['there is a keyring', (data) => names(join(data, 'keys')).length > 0],
  ['there are credentials', (data) => existsSync(`${data}.credentials`)],
];

const names = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);

for (const [name, made] of steps) {
  test(`a first start that is killed when ${name} is finished by the next`, async (t) => {
    const data = join(folder(t), 'data');
    const killed = begun(data);
    const ended = once(killed, 'exit');
    while (!made(data)) {
      assert.equal(killed.exitCode, null, 'it ended before');
      await pause(1);
    }
    killed.kill('SIGKILL');
    await ended;
    const next = await startServer({ data });
    assert.deepEqual(await bucketsWith(next, 'kept'), ['kept']);
    assert.equal(await next.end(), 0);
  });
}

test('of two first starts at once one serves, and the other says so', async (t) => {
  const data = join(folder(t), 'data');
  const both = await Promise.allSettled([startServer({ data }), startServer({ data })]);
  const [refused] = both.filter((one) => one.status === 'rejected');
  const [serving] = both.filter((one) => one.status === 'fulfilled');
  assert.match(String(refused?.reason), /Another Coffer .* serves the data folder/);
  assert.ok(serving !== undefined);
  assert.deepEqual(await bucketsWith(serving.value, 'kept'), ['kept']);
  assert.equal(await serving.value.end(), 0);
});
