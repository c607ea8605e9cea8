/** `coffer inventory` and `coffer verify` as an operator runs them: the program, a server, a shell. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import {
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { type RunningServer, startServer } from '../server.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const node = ['--disable-warning=ExperimentalWarning', main];

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function coffer(data: string, ...argv: readonly string[]): Promise<Ran> {
  const args = [...node, ...argv, '--data', data];
  return new Promise((done) => {
    execFile(process.execPath, args, { maxBuffer: 1 << 28 }, (error, out, err) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** What RFC 4180 makes of it. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let fields: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    fields.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    lines.push(fields);
    fields = [];
  }
  return lines;
}

const hostile = [
  '=1+1',
  '-2',
  '"quoted", key',
  'two\r\nlines',
  'ü\u202e\u{1f600}',
  '\u001b[2J',
  ' space ',
  'a,b',
];

async function fill(server: RunningServer): Promise<void> {
  const s3 = clientOf(server);
  await s3.send(new CreateBucketCommand({ Bucket: 'evidence' }));
  await s3.send(new PutObjectCommand({ Bucket: 'evidence', Key: 'before', Body: 'x' }));
  const on = { Status: 'Enabled' } as const;
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: 'evidence', VersioningConfiguration: on }),
  );
  for (const Key of hostile)
    await s3.send(new PutObjectCommand({ Bucket: 'evidence', Key, Body: Key }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'evidence', Key: '=1+1' }));
  await s3.send(new CreateBucketCommand({ Bucket: 'large' }));
  await s3.send(
    new PutObjectCommand({ Bucket: 'large', Key: 'file', Body: Buffer.alloc(200_000) }),
  );
}

function clientOf({ url, credentials }: RunningServer): S3Client {
  return new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials });
}

test('inventory and verify, with a server, without one, and with damage', async () => {
  await using server = await startServer();
  const { data } = server;
  await fill(server);
  const header = 'bucket,key,versionId,protection,keyVersion,format,size,lastModified';

  const csv = await coffer(data, 'inventory');
  assert.deepEqual([csv.code, csv.err], [0, '']);
  assert.ok(csv.out.startsWith(`${header}\r\n`));
  const [, ...lines] = parseCsv(csv.out);
  const keys = [...hostile, '=1+1', 'before'].toSorted((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  assert.deepEqual(
    lines.map(([, key]) => key),
    [...keys, 'file'],
  );
  const marker = lines.find((line) => line[1] === '=1+1');
  assert.deepEqual([marker?.[3], marker?.[6]], ['none', '']);
  const before = lines.find((line) => line[1] === 'before');
  assert.deepEqual(before?.slice(0, 7), ['evidence', 'before', 'null', 'SSE-S3', '1', '1', '1']);
  assert.match(before?.[7] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

  const jsonl = await coffer(
    data,
    'inventory',
    '--format',
    'jsonl',
    '--bucket',
    'evidence',
    '--prefix',
    '=',
  );
  const entries = jsonl.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    entries.map(({ deleteMarker, size }) => [deleteMarker, size]),
    [
      [true, null],
      [false, 4],
    ],
  );
  const path = join(data, '..', 'inventory.csv');
  const written = await coffer(data, 'inventory', '--output', path);
  assert.deepEqual([written.code, written.out, readFileSync(path, 'utf8')], [0, '', csv.out]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const summary = JSON.parse(
    (await coffer(data, 'inventory', '--summary', '--json')).out,
  ) as object;
  const bytes = hostile.reduce((sum, key) => sum + Buffer.byteLength(key), 0) + 1;
  const { length } = hostile;
  assert.deepEqual(summary, {
    versions: length + 2,
    deleteMarkers: 1,
    bytes: bytes + 200_000,
    protections: [
      { protection: 'SSE-S3', keyVersion: 1, versions: length + 2, bytes: bytes + 200_000 },
    ],
    buckets: [
      { bucket: 'evidence', versions: length + 1, deleteMarkers: 1, bytes },
      { bucket: 'large', versions: 1, deleteMarkers: 0, bytes: 200_000 },
    ],
  });
  const text = (await coffer(data, 'inventory', '--summary')).out;
  assert.match(text, /^PROTECTION {2}KEY VERSION {2}VERSIONS {2}BYTES\nSSE-S3 +1 +10 +200,0\d\d\n/);

  await readerLeaves(data);

  const whole = await coffer(data, 'verify', '--deep');
  assert.equal(whole.code, 0, whole.err);
  assert.match(whole.out, /^\d+ rows and [\d,]+ bytes opened in [\d.]+ s: nothing is wrong\.\n$/);

  const blobs = readdirSync(`${data}/blobs`, { recursive: true, withFileTypes: true });
  const file = blobs.find((entry) => entry.isFile());
  rmSync(join(file?.parentPath ?? '', file?.name ?? ''));
  const damage =
    /^blob: the blob file is missing \(bucket "large", key "file", version null, key version 1, blob [0-9a-f]{32}\)\n\n[\d,]+ rows .* 1 finding\.\n$/;
  for (const running of [true, false]) {
    if (!running) await server.end();
    const found = await coffer(data, 'verify');
    assert.equal(found.code, 1);
    assert.match(found.out, damage, running ? 'served' : 'offline');
    assert.match(found.err, /^coffer: 1 finding: see above\.\n$/);
  }
  const json = (await coffer(data, 'verify', '--json')).out.trimEnd().split('\n');
  assert.equal((await coffer(data, 'inventory')).out, csv.out);
  const [finding, last] = json.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    [finding?.['kind'], finding?.['bucket'], finding?.['key']],
    ['blob', 'large', 'file'],
  );
  assert.equal((last as { summary?: { findings: number } }).summary?.findings, 1);
});

/** `coffer inventory | head -1`: no error, no message. */
async function readerLeaves(data: string): Promise<void> {
  const child = spawn(process.execPath, [...node, 'inventory', '--data', data]);
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  assert.deepEqual([code, err], [0, '']);
}
