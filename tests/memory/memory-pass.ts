/** One server under many streams at once, and what its processes hold meanwhile. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { startServer, type RunningServer } from '../server.ts';
import { openFiles, peakDuring, processesOf, residentBytes, settles } from './process-memory.ts';
import { mib, type Report } from './report.ts';
import { abandonDownload, abandonUpload, download, upload } from './streams.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const Bucket = 'memory';
const atOnce = 16;
const warmUpBytes = 8 * MiB;
const growthBytesMax = 50 * MiB;

export interface MemoryPassOptions {
  readonly workers: number;
  /** Of each object. */
  readonly size: number;
  readonly report: Report;
}

export class MemoryPass implements AsyncDisposable {
  readonly #server: RunningServer;
  readonly #s3: S3Client;
  readonly #options: MemoryPassOptions;
  /** Of the server, and of its workers where it has some. */
  readonly #pids: readonly number[];
  /** After the first round, which fills the heap's young generation and the pools. */
  #residentMax = 0;
  #files = 0;

  private constructor(server: RunningServer, options: MemoryPassOptions) {
    this.#server = server;
    this.#options = options;
    this.#pids = processesOf(server.pid);
    this.#s3 = new S3Client({
      endpoint: server.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: server.credentials,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
  }

  static async start(options: MemoryPassOptions): Promise<MemoryPass> {
    const server = await startServer({ flags: ['--workers', String(options.workers)] });
    return new MemoryPass(server, options);
  }

  /** Sixteen objects in, then out, after a round of small ones. */
  async stream(): Promise<void> {
    const { size, report, workers } = this.#options;
    await this.#s3.send(new CreateBucketCommand({ Bucket }));
    const fresh = residentBytes(this.#pids);
    const warm = await peakDuring(this.#pids, async () => {
      await this.#eachAtOnce((n) => this.#send(n, warmUpBytes));
      await this.#eachAtOnce((n) => this.#fetchBack(n, warmUpBytes));
    });
    this.#residentMax = warm + workers * growthBytesMax;
    this.#files = openFiles(this.#pids);
    console.log(`fresh ${mib(fresh)}, with sixteen objects of ${mib(warmUpBytes)} ${mib(warm)}`);
    const started = performance.now();
    const peakIn = await peakDuring(this.#pids, () => this.#eachAtOnce((n) => this.#send(n, size)));
    report.bytes(`${atOnce} × ${mib(size)} in`, peakIn, this.#residentMax);
    const peakOut = await peakDuring(this.#pids, () =>
      this.#eachAtOnce((n) => this.#fetchBack(n, size)),
    );
    report.bytes(`${atOnce} × ${mib(size)} out`, peakOut, this.#residentMax);
    const seconds = (performance.now() - started) / 1000;
    console.log(`   in and out in ${seconds.toFixed(1)} s; every byte was compared`);
  }

  /** So many uploads of every length of beginning, and downloads between them. */
  async abandon(count: number): Promise<void> {
    const { report } = this.#options;
    const pids = this.#pids;
    const blobs = blobFiles(this.#server);
    const peak = await peakDuring(pids, () => this.#abandonMany(count));
    report.bytes(`${count} abandoned requests`, peak, this.#residentMax);
    await settles(() => openFiles(pids) <= this.#files && blobFiles(this.#server) <= blobs);
    report.value('open files afterwards', openFiles(pids), this.#files);
    report.value('blob files afterwards', blobFiles(this.#server), blobs);
    await settles(() => residentBytes(pids) <= this.#residentMax);
    report.bytes('memory afterwards', residentBytes(pids), this.#residentMax);
  }

  async end(): Promise<void> {
    this.#s3.destroy();
    this.#options.report.value('exit code', (await this.#server.end()) ?? -1, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
  }

  async #eachAtOnce(work: (number: number) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: atOnce }, (_, number) => work(number + 1)));
  }

  async #send(number: number, bytes: number): Promise<void> {
    const command = new PutObjectCommand({ Bucket, Key: `object-${number}` });
    await upload(await getSignedUrl(this.#s3, command), number, bytes);
  }

  async #fetchBack(number: number, bytes: number): Promise<void> {
    await download(await this.#urlOf(number), number, bytes);
  }

  #urlOf(number: number): Promise<string> {
    const command = new GetObjectCommand({ Bucket, Key: `object-${number}` });
    return getSignedUrl(this.#s3, command);
  }

  async #abandonMany(count: number): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let turn = next++; turn < count; turn = next++) {
        if (turn % 4 === 3) {
          await abandonDownload(await this.#urlOf((turn % atOnce) + 1));
        } else {
          const command = new PutObjectCommand({ Bucket, Key: `abandoned-${turn}` });
          const sent = (turn % 50) * 37 * KiB;
          await abandonUpload(await getSignedUrl(this.#s3, command), sent, 8 * MiB);
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }
}

function blobFiles({ data }: RunningServer): number {
  return readdirSync(join(data, 'blobs'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  ).length;
}
