/**
 * `npm run test:memory`: sixteen objects stream in at once, then out at once; the server's memory
 * must not follow their size. Then a thousand uploads and downloads are abandoned halfway; memory,
 * descriptors and blob files must be back where they were. `--size 1GiB` makes the objects larger
 * than 64 MiB. Needs Linux, for /proc.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

import { startServer, type RunningServer } from '../server.ts';
import { openFiles, peakDuring, residentBytes, settles } from './process-memory.ts';
import { abandonDownload, abandonUpload, download, upload } from './streams.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const Bucket = 'memory';
const atOnce = 16;
const abandoned = 1_000;
const warmUpBytes = 8 * MiB;
const growthBytesMax = 50 * MiB;

const { values: options } = parseArgs({
  options: { size: { type: 'string', default: '64MiB' } },
});
const size = bytesOf(options.size);

let failures = 0;
await using server = await startServer();
const s3 = new S3Client({
  endpoint: server.url,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: server.credentials,
  requestChecksumCalculation: 'WHEN_REQUIRED',
});
await s3.send(new CreateBucketCommand({ Bucket }));
const fresh = residentBytes(server.pid);

// The first round fills the heap's young generation and the pools, whatever the size of objects.
const warm = await peakDuring(server.pid, () => roundTrip(warmUpBytes));
const files = openFiles(server.pid);
console.log(`fresh ${mib(fresh)}, with sixteen objects of ${mib(warmUpBytes)} ${mib(warm)}`);

const started = performance.now();
const peakIn = await peakDuring(server.pid, () => eachAtOnce((n) => send(n, size)));
check(`${atOnce} × ${mib(size)} in`, peakIn, warm + growthBytesMax);
const peakOut = await peakDuring(server.pid, () => eachAtOnce((n) => fetchBack(n, size)));
check(`${atOnce} × ${mib(size)} out`, peakOut, warm + growthBytesMax);
const seconds = (performance.now() - started) / 1000;
console.log(`   in and out in ${seconds.toFixed(1)} s; every byte was compared`);

const blobs = blobFiles(server);
const peakAbandoned = await peakDuring(server.pid, abandonMany);
check(`${abandoned} abandoned requests`, peakAbandoned, warm + growthBytesMax);
await settles(() => openFiles(server.pid) <= files && blobFiles(server) <= blobs);
report('open files afterwards', openFiles(server.pid), files, String);
report('blob files afterwards', blobFiles(server), blobs, String);
await settles(() => residentBytes(server.pid) <= warm + growthBytesMax);
check('memory afterwards', residentBytes(server.pid), warm + growthBytesMax);

s3.destroy();
const code = await server.end();
report('exit code', code ?? -1, 0, String);
process.exitCode = failures === 0 ? 0 : 1;

async function roundTrip(bytes: number): Promise<void> {
  await eachAtOnce((n) => send(n, bytes));
  await eachAtOnce((n) => fetchBack(n, bytes));
}

async function eachAtOnce(work: (number: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: atOnce }, (_, number) => work(number + 1)));
}

async function send(number: number, bytes: number): Promise<void> {
  const command = new PutObjectCommand({ Bucket, Key: `object-${number}` });
  await upload(await getSignedUrl(s3, command), number, bytes);
}

async function fetchBack(number: number, bytes: number): Promise<void> {
  await download(await urlOf(number), number, bytes);
}

function urlOf(number: number): Promise<string> {
  return getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: `object-${number}` }));
}

/** Uploads of every length of beginning, and downloads between them. */
async function abandonMany(): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let turn = next++; turn < abandoned; turn = next++) {
      if (turn % 4 === 3) {
        await abandonDownload(await urlOf((turn % atOnce) + 1));
      } else {
        const command = new PutObjectCommand({ Bucket, Key: `abandoned-${turn}` });
        const sent = (turn % 50) * 37 * KiB;
        await abandonUpload(await getSignedUrl(s3, command), sent, 8 * MiB);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function blobFiles({ data }: RunningServer): number {
  return readdirSync(join(data, 'blobs'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  ).length;
}

function check(what: string, bytes: number, bytesMax: number): void {
  report(what, bytes, bytesMax, mib);
}

function report(what: string, value: number, max: number, shown: (value: number) => string): void {
  const good = value <= max;
  if (!good) failures += 1;
  console.log(`${good ? 'ok' : 'FAILED'} ${what}: ${shown(value)} (at most ${shown(max)})`);
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MiB)} MiB`;
}

function bytesOf(text: string): number {
  const [, digits, unit] = /^(\d+)(MiB|GiB)$/.exec(text) ?? [];
  if (digits === undefined) throw new Error('--size is a number of MiB or GiB, such as 64MiB');
  return Number(digits) * (unit === 'GiB' ? GiB : MiB);
}
