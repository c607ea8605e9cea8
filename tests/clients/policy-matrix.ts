/**
 * The documented deny policy, put by the AWS CLI, against every way to upload, as root, user and
 * anonymous, with the right, a wrong and no `x-amz-server-side-encryption`, in buckets of both
 * modes. A refused upload must leave nothing, an accepted one must be stored and say AES256.
 *
 * The two statements only deny, so the anonymous caller is refused whatever it sends; a last part
 * lets everyone in, to see the same policy decide for a caller without keys.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Aws, awsCli, pypiBuild } from './aws.ts';
import { body, writeText } from './bodies.ts';
import { denyPolicyWithAllow, policyFile } from './deny-policy.ts';
import { createUser, type Credentials, type Site } from './site.ts';
import { type Stage, type Suite, contains, same } from './suite.ts';
import { sourceKey, type Sent, unsignedHeader, Uploader, type Way, ways } from './upload-ways.ts';

export const policyMatrix: Suite = {
  name: 'policy-matrix',
  run: async (stage) => {
    await matrix(stage, stage.site);
    if (stage.classic !== undefined) await matrix(stage, stage.classic);
    else stage.checks.skip('classic mode', '--endpoint names one server');
  },
};

const headers = { right: 'AES256', wrong: 'aws:kms', absent: undefined } as const;
type Header = keyof typeof headers;
const headerKinds = Object.keys(headers) as Header[];

/** SSE-KMS is refused by name until it is built, be that before or after the policy is asked. */
const refusals: Readonly<Record<Header, readonly number[]>> = {
  right: [403],
  wrong: [403, 400, 501],
  absent: [403],
};

type Caller = readonly [who: string, credentials: Credentials | undefined];

interface Bench {
  readonly stage: Stage;
  readonly site: Site;
  readonly aws: Aws;
  readonly bucket: string;
  readonly source: Buffer;
}

/** An upload created without the header before the policy was put, with one part in it. */
interface Begun {
  readonly key: string;
  readonly id: string;
  readonly etag: string;
  readonly part: Buffer;
}

async function matrix(stage: Stage, site: Site): Promise<void> {
  const { check } = stage.checks;
  const bucket = `matrix-${site.mode}`;
  const source = body(9000, stage.canary);
  const bench = { stage, site, bucket, source, aws: awsCli(pypiBuild, stage, { site }) };
  const callers = await callersOf(bench);
  let begun: Begun | undefined;
  await check(`${site.mode}: bucket, source and an upload begun before the policy`, async () => {
    await bench.aws('s3', 'mb', `s3://${bucket}`);
    begun = await begin(bench);
  });
  await check(`${site.mode}: put-bucket-policy, verbatim`, async () => {
    await putPolicy(bench);
  });
  for (const [who, credentials] of callers) {
    for (const way of ways.filter(({ needsKeys }) => !(needsKeys && credentials === undefined))) {
      for (const header of headerKinds) {
        const key = keyOf(way, who, header);
        const expected = credentials === undefined ? 'refused' : expectation(header);
        await check(`${site.mode}: ${way.name} as ${who}, ${header} header`, () =>
          row(bench, { way, key, credentials, header, expected }),
        );
      }
    }
    await others(bench, [who, credentials], begun);
  }
  await everyone(bench);
  await check(`${site.mode}: without the policy the upload begun before completes`, async () => {
    if (begun === undefined) throw new Error('no upload was begun');
    await bench.aws('s3api', 'delete-bucket-policy', '--bucket', bucket);
    await uploader(bench, begun.key, site.root).complete(begun.id, [begun.etag]);
    same(
      (await uploader(bench, begun.key, site.root).stored()).bytes?.equals(begun.part),
      true,
      'bytes',
    );
  });
}

function expectation(header: Header): 'stored' | 'refused' {
  return header === 'right' ? 'stored' : 'refused';
}

async function callersOf({ stage, site }: Bench): Promise<Caller[]> {
  const callers: Caller[] = [
    ['root', site.root],
    ['anonymous', undefined],
  ];
  const { data } = site;
  if (data === undefined) {
    stage.checks.skip(`${site.mode}: rows of a user`, 'users are made with --data DIR');
    return callers;
  }
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
  };
  const file = writeText(join(stage.folder, 'user.json'), JSON.stringify(policy));
  await stage.checks.check(`${site.mode}: coffer user create`, async () => {
    callers.push(['user', await createUser(data, 'uploader', file)]);
  });
  return callers;
}

async function begin(bench: Bench): Promise<Begun> {
  const { stage, site, bucket, source, aws } = bench;
  const root = uploader(bench, 'begun', site.root);
  const file = join(stage.folder, 'source');
  writeFileSync(file, source);
  await aws('s3api', 'put-object', '--bucket', bucket, '--key', sourceKey, '--body', file);
  const id = await root.begin(undefined);
  return { key: 'begun', id, etag: await root.part(id, 1, root.body), part: root.body };
}

async function putPolicy({ stage, aws, bucket }: Bench, text?: string): Promise<void> {
  const policy = `file://${policyFile(stage.folder, bucket, text)}`;
  await aws('s3api', 'put-bucket-policy', '--bucket', bucket, '--policy', policy);
}

interface Row {
  readonly way: Way;
  readonly key: string;
  readonly credentials: Credentials | undefined;
  readonly header: Header;
  readonly expected: 'stored' | 'refused';
}

async function row(bench: Bench, { way, key, credentials, header, expected }: Row): Promise<void> {
  const sent = await way.send(uploader(bench, key, credentials), headers[header]);
  const found = await uploader(bench, key, bench.site.root).stored();
  if (expected === 'refused') {
    turnedAway(sent, refusals[header]);
    same(found.status, 404, 'a refused upload left an object');
    return;
  }
  same([sent.status, sent.code], [200, undefined], 'answer');
  same([found.status, found.sse], [200, 'AES256'], 'object');
  same(found.bytes?.equals(sent.stored ?? Buffer.alloc(0)), true, 'bytes');
}

function turnedAway(sent: Sent, statuses: readonly number[]): void {
  if (!statuses.includes(sent.status)) {
    throw new Error(`answered ${sent.status} ${sent.code ?? ''}, not ${statuses.join(' or ')}`);
  }
  if (sent.status === 403) same(sent.code, 'AccessDenied', 'code');
}

/** Going on with an upload that was created without the header, and a header that is not signed. */
async function others(
  bench: Bench,
  [who, credentials]: Caller,
  begun: Begun | undefined,
): Promise<void> {
  const { stage, site } = bench;
  const refusedWith = async (name: string, work: () => Promise<unknown>): Promise<void> =>
    stage.checks.check(`${site.mode}: ${name} as ${who}`, async () => {
      const sent = await uploader(bench, 'x', credentials).outcome(async () => {
        await work();
        return Buffer.alloc(0);
      });
      turnedAway(sent, [403]);
    });
  if (begun !== undefined) {
    const caller = uploader(bench, begun.key, credentials);
    await refusedWith('UploadPart to an upload created without the header', () =>
      caller.part(begun.id, 1, caller.body),
    );
    await refusedWith('UploadPartCopy to an upload created without the header', () =>
      caller.partCopy(begun.id, 1),
    );
    await refusedWith('Complete of an upload created without the header', () =>
      caller.complete(begun.id, [begun.etag]),
    );
  }
  if (credentials === undefined) return;
  await stage.checks.check(`${site.mode}: presigned PUT as ${who}, header not signed`, async () => {
    const sent = await unsignedHeader(uploader(bench, `unsigned-${who}`, credentials));
    same(sent.status, 403, 'status');
    const found = await uploader(bench, `unsigned-${who}`, site.root).stored();
    same(found.status, 404, 'a refused upload left an object');
  });
}

/** With an Allow for everyone beside the two, the policy decides for the anonymous caller too. */
async function everyone(bench: Bench): Promise<void> {
  const { stage, site, aws, bucket } = bench;
  const { check } = stage.checks;
  const text = denyPolicyWithAllow(bucket);
  if (site.mode === 'modern') {
    await check('modern: a policy that lets everyone in is refused while blocked', async () => {
      const policy = `file://${policyFile(stage.folder, bucket, text)}`;
      const put = ['s3api', 'put-bucket-policy', '--bucket', bucket, '--policy', policy];
      contains(await aws.refused(...put), '(AccessDenied)', 'put-bucket-policy');
      await aws('s3api', 'delete-public-access-block', '--bucket', bucket);
    });
  }
  await check(`${site.mode}: put-bucket-policy with an Allow for everyone`, async () => {
    await putPolicy(bench, text);
  });
  for (const way of ways.filter(({ openToAll }) => openToAll)) {
    for (const header of headerKinds) {
      const key = keyOf(way, 'open', header);
      const expected = expectation(header);
      await check(`${site.mode}: ${way.name} as anyone let in, ${header} header`, () =>
        row(bench, { way, key, credentials: undefined, header, expected }),
      );
    }
  }
}

function keyOf(way: Way, who: string, header: Header): string {
  return `${way.name}-${who}-${header}`.replaceAll(/[^A-Za-z]+/g, '-');
}

function uploader(bench: Bench, key: string, credentials: Credentials | undefined): Uploader {
  const { site, bucket, source, stage } = bench;
  return new Uploader({ site, bucket, key, credentials, source, canary: stage.canary });
}
