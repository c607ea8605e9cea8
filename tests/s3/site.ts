/**
 * One real server that many black-box suites share: the program itself, its accounts and users, and
 * clients of it whose every reply is held to AWS's service model.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { openAdminClient, type AdminClient } from '../../src/admin/client.ts';
import { startServer, type RunningServer, type ServerOptions } from '../server.ts';
import { exchange, holdToModel } from './wire.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface ClientOptions {
  readonly credentials?: Credentials;
  /** One connection of its own, kept: every request goes to one worker. */
  readonly ownConnection?: true;
  readonly region?: string;
  /** Virtual-hosted style, at BUCKET.localhost. */
  readonly hosted?: true;
}

export interface AccountMade {
  readonly id: string;
  readonly canonicalId: string;
  readonly credentials: Credentials;
}

/** What suites find: a server with `workers` workers, and the root's client of it. */
export interface Site {
  readonly server: RunningServer;
  readonly workers: number;
  readonly port: number;
  readonly region: string;
  readonly admin: AdminClient;
  readonly s3: S3Client;
  client(options?: ClientOptions): S3Client;
  /** A client that sends no credentials. */
  anonymous(): S3Client;
  /** A bucket name that nobody used. */
  newName(): string;
  /** A new bucket of the root's. */
  bucket(): Promise<string>;
  account(): Promise<AccountMade>;
  /** A user of an account (of the root's by default), with a policy. */
  user(policy?: object, account?: string): Promise<Credentials & { readonly arn: string }>;
  /** Clients of one connection each, one for every worker. */
  onePerWorker(credentials?: Credentials): Promise<readonly S3Client[]>;
  /** Every secret that was handed out. */
  readonly secrets: readonly string[];
  /** Ends the server and keeps its folder. */
  end(): Promise<number | null>;
  close(): Promise<void>;
}

/** Stands in every body, metadata value, tag and policy that the suites send: never on the disk. */
export const canary = 'canary-b7e21d95';

/** A body of `size` bytes, unlike those of another seed, with the canary in it. */
export function bodyOf(size: number, seed = ''): Buffer {
  return Buffer.alloc(size, `${canary} ${seed} ${createHash('md5').update(seed).digest('hex')} `);
}

export const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

export interface SiteOptions {
  readonly workers: number;
  readonly region?: string;
  readonly flags?: readonly string[];
  readonly data?: ServerOptions['data'];
}

/** Starts the server. */
export async function openSite(options: SiteOptions): Promise<Site> {
  const { workers, region = 'us-east-1', flags = [] } = options;
  const server = await startServer({
    flags: ['--workers', String(workers), '--region', region, '--domain', 'localhost', ...flags],
    ...(options.data === undefined ? {} : { data: options.data }),
  });
  const killed = (): void => void process.kill(server.pid, 'SIGKILL');
  // A suite that dies leaves no server behind.
  process.once('exit', killed);
  return siteOf(server, { workers, region, ended: () => process.off('exit', killed) });
}

interface SiteFacts {
  readonly workers: number;
  readonly region: string;
  readonly ended: () => void;
}

function siteOf(server: RunningServer, { workers, region, ended }: SiteFacts): Site {
  const clients: S3Client[] = [];
  const secrets = [server.credentials.secretAccessKey];
  const tag = randomBytes(3).toString('hex');
  let names = 0;
  const data = server.data;
  const admin = openAdminClient({ kind: 'socket', data, path: join(data, 'admin.sock') });
  const end = async (): Promise<number | null> => {
    for (const one of clients) one.destroy();
    ended();
    return server.end();
  };
  const client = (given: ClientOptions = {}): S3Client => {
    const made = clientOf(server, { region, ...given });
    clients.push(made);
    return made;
  };
  const s3 = client();
  const newName = (): string => `b${tag}-${++names}`;
  return {
    server,
    workers,
    region,
    port: Number(new URL(server.url).port),
    admin,
    s3,
    client,
    anonymous: () => {
      const made = clientOf(server, { region }, true);
      clients.push(made);
      return made;
    },
    newName,
    bucket: async () => {
      const name = newName();
      await s3.send(new CreateBucketCommand({ Bucket: name }));
      return name;
    },
    account: async () => {
      const body = { name: `account-${++names}` };
      const { account, accessKey } = await admin.call('CreateAccount', { body });
      secrets.push(accessKey.secretKey);
      const { id, canonicalId } = account;
      return { id, canonicalId, credentials: credentialsOf(accessKey) };
    },
    user: async (policy, account = '~') => {
      const name = `user-${++names}`;
      const body = policy === undefined ? { name } : { name, policy: JSON.stringify(policy) };
      const { user, accessKey } = await admin.call('CreateUser', { path: { account }, body });
      secrets.push(accessKey.secretKey);
      return { ...credentialsOf(accessKey), arn: user.arn };
    },
    onePerWorker: (credentials = server.credentials) =>
      findWorkers(workers, () => client({ credentials, ownConnection: true })),
    secrets,
    end,
    close: async () => {
      await end();
      await server.stop();
    },
  };
}

function credentialsOf(key: { accessKeyId: string; secretKey: string }): Credentials {
  return { accessKeyId: key.accessKeyId, secretAccessKey: key.secretKey };
}

function clientOf(server: RunningServer, options: ClientOptions, anonymous = false): S3Client {
  const { credentials = server.credentials, region = 'us-east-1', hosted = false } = options;
  const s3 = new S3Client({
    endpoint: hosted ? `http://localhost:${new URL(server.url).port}` : server.url,
    region,
    forcePathStyle: !hosted,
    credentials,
    // A second attempt would hide what was wrong with the first.
    maxAttempts: 1,
    ...(anonymous ? { signer: { sign: async (request) => request } } : {}),
    requestHandler: {
      httpAgent: new Agent({
        keepAlive: true,
        maxSockets: options.ownConnection === true ? 1 : 50,
        ...(hosted ? { lookup: loopback } : {}),
      }),
    },
  });
  holdToModel(s3);
  return s3;
}

/** Not every machine's resolver knows that what ends in .localhost is this one (RFC 6761 §6.3). */
const loopback: LookupFunction = (_, options, found) => {
  if (options.all === true) found(null, [{ address: '127.0.0.1', family: 4 }]);
  else found(null, '127.0.0.1', 4);
};

/** `x-amz-id-2` names the process that answered. */
async function findWorkers(count: number, make: () => S3Client): Promise<readonly S3Client[]> {
  const found = new Map<string, S3Client>();
  while (found.size < count) {
    const s3 = make();
    const reply = await exchange(s3, new HeadBucketCommand({ Bucket: 'who-answers-here' }));
    found.set(reply.headers['x-amz-id-2'] ?? '', s3);
  }
  return [...found.values()];
}
