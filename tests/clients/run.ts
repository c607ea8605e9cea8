/**
 * `npm run test:clients`: real programs do real work against real Coffer servers, one in each mode
 * of new buckets, and what comes back is compared byte for byte. Then the data folders are searched
 * for what the clients stored, and the servers must end by SIGTERM with exit code 0.
 *
 * `--only NAME` (repeatable) runs some clients; `--endpoint URL` uses a server that runs already,
 * with its keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and `--data DIR` names its folder.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

import { awsCliSuites } from './aws-cli.ts';
import { body, writeBody } from './bodies.ts';
import { boto3 } from './boto3-work.ts';
import { Checks } from './checks.ts';
import { digestNeedles, disguises, type Needle, search } from './data-search.ts';
import { minioJs } from './minio-js.ts';
import { policyMatrix } from './policy-matrix.ts';
import { postForm } from './post-form.ts';
import { rclone } from './rclone.ts';
import { restic } from './restic.ts';
import { s3cmd } from './s3cmd.ts';
import { s3fs } from './s3fs.ts';
import { type OwnSite, runningSite, type Site, startSite } from './site.ts';
import type { Suite } from './suite.ts';

const suites: readonly Suite[] = [
  ...awsCliSuites,
  policyMatrix,
  boto3,
  rclone,
  s3cmd,
  restic,
  minioJs,
  s3fs,
  postForm,
];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    endpoint: { type: 'string' },
    data: { type: 'string' },
  },
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = options.only.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`No client is called ${unknown.join(', ')}; there are:`);
    console.error(suites.map(({ name }) => name).join(', '));
    return 2;
  }
  const checks = new Checks();
  const folder = mkdtempSync(join(tmpdir(), 'coffer-clients-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const canary = `canary${randomBytes(12).toString('hex')}`;
  const own: OwnSite[] = [];
  try {
    if (options.endpoint === undefined) own.push(...(await startBoth(checks, folder)));
    const site = own[0] ?? runningSite(options.endpoint ?? '', options.data);
    await clients(checks, { site, classic: own[1], folder, canary });
    const kept = await sealedSample(site, canary);
    checks.begin('data-folder');
    const sites: Site[] = own.length > 0 ? own : [site];
    await checks.check('the search finds what is in clear', () => {
      const plain = writeBody(join(folder, 'plain'), 40_000, canary);
      const { hits } = search(plain, disguises('canary', canary));
      if (hits.length !== 1) throw new Error(`${hits.length} hits in a file of canaries`);
    });
    for (const one of sites) await searchData(checks, one, needles(canary, kept, one));
    for (const one of own) await end(checks, one, needles(canary, kept, one));
    checks.end();
  } catch (error) {
    checks.fail('could not go on', error);
  }
  return checks.close();
}

async function startBoth(checks: Checks, folder: string): Promise<OwnSite[]> {
  checks.begin('server');
  const started: OwnSite[] = [];
  for (const mode of ['modern', 'classic'] as const) {
    const site = await startSite(folder, mode);
    started.push(site);
    await checks.check(`${mode}: npm start says where it is, and no secret`, () => {
      const said = readFileSync(site.log, 'utf8');
      for (const part of [site.url, site.root.accessKeyId, `${site.data}.credentials`]) {
        if (!said.includes(part)) throw new Error(`no ${part} in:\n${said.slice(0, 3000)}`);
      }
      if (said.includes(site.root.secretAccessKey)) throw new Error('the secret was printed');
    });
  }
  return started;
}

interface Setting {
  readonly site: Site;
  readonly classic: Site | undefined;
  readonly folder: string;
  readonly canary: string;
}

async function clients(checks: Checks, setting: Setting): Promise<void> {
  for (const suite of suites) {
    if (options.only.length > 0 && !options.only.includes(suite.name)) continue;
    const folder = join(setting.folder, `client-${suite.name}`);
    mkdirSync(folder);
    checks.begin(suite.name);
    try {
      await suite.run({ ...setting, folder, checks });
    } catch (error) {
      checks.fail('ran to its end', error);
    }
    checks.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One object that stays, small enough to travel in the rows, with a digest to look for. */
async function sealedSample(site: Site, canary: string): Promise<Buffer> {
  const bytes = body(6000, canary);
  const client = new S3Client({
    endpoint: site.url,
    region: site.region,
    forcePathStyle: true,
    credentials: site.root,
  });
  await client.send(new CreateBucketCommand({ Bucket: 'sample' }));
  const note = { Metadata: { note: canary }, Tagging: `note=${canary}` };
  const at = { Bucket: 'sample', Key: 'sample' };
  await client.send(new PutObjectCommand({ ...at, Body: bytes, ...note }));
  client.destroy();
  return bytes;
}

function needles(canary: string, sample: Buffer, { root }: Site): Needle[] {
  const digest = (algorithm: string): string => createHash(algorithm).update(sample).digest('hex');
  return [
    ...disguises('canary', canary),
    ...disguises('root secret', root.secretAccessKey),
    ...digestNeedles('MD5 of an object', digest('md5')),
    ...digestNeedles('SHA-256 of an object', digest('sha256')),
  ];
}

async function searchData(checks: Checks, site: Site, sought: readonly Needle[]): Promise<void> {
  const { data } = site;
  if (data === undefined) {
    checks.skip(`${site.mode}: search of the data folder`, '--data DIR was not given');
    return;
  }
  await checks.check(`${site.mode}: nothing readable in the data folder`, () => {
    const { files, bytes, hits } = search(data, sought);
    console.log(`      searched ${files} files, ${(bytes / 1e6).toFixed(0)} MB`);
    if (files === 0 || bytes === 0) throw new Error('the data folder holds nothing');
    if (hits.length > 0) throw new Error(hits.join('\n'));
  });
}

async function end(checks: Checks, site: OwnSite, sought: readonly Needle[]): Promise<void> {
  const sent = `SIGTERM to ${site.stoppedBy}`;
  await checks.check(
    `${site.mode}: ${sent} ends it with exit code 0, its port closed`,
    async () => {
      const code = await site.stop();
      const said = readFileSync(site.log, 'utf8').slice(-1500);
      if (code !== 0) throw new Error(`exit code ${code}; it said:\n${said}`);
    },
  );
  await searchData(checks, site, sought);
  await checks.check(`${site.mode}: nothing secret in what the server printed`, () => {
    const { hits } = search(site.log, sought);
    if (hits.length > 0) throw new Error(hits.join('\n'));
  });
}
