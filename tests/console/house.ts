/** A real server with its console, behind the recording proxy; and what a test needs beside it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { type AdminClient, openAdminClient } from '../../src/admin/client.ts';
import type { IssuedAccessKey } from '../../src/admin/contract.ts';
import { type RunningServer, startServer } from '../server.ts';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';

export interface House extends AsyncDisposable {
  readonly server: RunningServer;
  /** The console's origin. */
  readonly url: string;
  /** What the browser takes for the S3 endpoint. */
  readonly proxy: RecordingProxy;
  /** The S3 port itself. */
  readonly endpoint: string;
  /** AWS's own SDK at the S3 port itself, as root. */
  readonly s3: S3Client;
  /** The admin API, as root, without a browser. */
  readonly admin: AdminClient;
  /** Puts the server's clock ahead of the world's. */
  goAhead(ms: number): void;
}

export interface HouseOptions {
  readonly flags?: readonly string[];
}

export const region = 'us-east-1';
const builtMsMax = 180_000;

export async function startHouse({ flags = [] }: HouseOptions = {}): Promise<House> {
  await using begun = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'coffer-console-'));
  begun.defer(() => rmSync(folder, { recursive: true, force: true }));
  const clock = join(folder, 'clock');
  writeFileSync(clock, '0');
  const proxy = begun.use(await startRecordingProxy());
  // The server says its public address where it serves: its own must be known before.
  const listen = `127.0.0.1:${await freePort()}`;
  const endpoint = `http://${listen}`;
  const own = ['--listen', listen, '--console', '127.0.0.1:0', '--public-url', proxy.url];
  const server = begun.use(
    await startServer({
      data: join(folder, 'data'),
      flags: [...own, ...flags],
      env: {
        COFFER_TEST_CLOCK: clock,
        NODE_OPTIONS: `--import ${join(import.meta.dirname, 'shifted-clock.ts')}`,
      },
    }),
  );
  proxy.serve(endpoint);
  const url = server.console;
  if (url === undefined) throw new Error(`the server has no console: ${server.output()}`);
  await consoleBuilt(url, server);
  const s3 = clientOf(endpoint, server.credentials);
  begun.defer(() => s3.destroy());
  const { accessKeyId, secretAccessKey: secretKey } = server.credentials;
  const target = { kind: 'endpoint', url, region, accessKeyId, secretKey } as const;
  const all = begun.move();
  return {
    server,
    url,
    proxy,
    endpoint,
    s3,
    admin: openAdminClient(target),
    goAhead: (ms) => writeFileSync(clock, String(ms)),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const keysOf = ({ accessKeyId, secretKey }: IssuedAccessKey): Keys => ({
  accessKeyId,
  secretAccessKey: secretKey,
});

export function clientOf(endpoint: string, credentials: Keys): S3Client {
  return new S3Client({ endpoint, credentials, region, forcePathStyle: true });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** The server builds the console itself, beside serving; its page says so until then. */
async function consoleBuilt(url: string, server: RunningServer): Promise<void> {
  const deadline = performance.now() + builtMsMax;
  for (;;) {
    const page = await (await fetch(`${url}/buckets`)).text();
    if (page.includes('<script type="module"')) return;
    if (performance.now() > deadline) throw new Error(`no console: ${page}\n${server.output()}`);
    await pause(200);
  }
}
