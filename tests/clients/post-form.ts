/**
 * POST forms really submitted as multipart/form-data: by `fetch` with FormData, as a page does it,
 * and by `curl -F`. Forms are made by AWS SDK for JavaScript v3.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand, GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';

import { sameBytes, writeBody } from './bodies.ts';
import { denyPolicy } from './deny-policy.ts';
import { run } from './program.ts';
import { type Stage, type Suite, contains, same } from './suite.ts';

export const postForm: Suite = {
  name: 'post-form',
  run: async (stage) => {
    const { check } = stage.checks;
    const bench = benchOf(stage);
    await check('bucket for the forms', async () => {
      await bench.client.send(new CreateBucketCommand({ Bucket: bucket }));
    });
    await answers(stage, bench);
    await refusals(stage, bench);
    await check('put the deny policy', async () => {
      const Policy = denyPolicy(bucket);
      await bench.client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    });
    for (const sender of [byFetch, byCurl]) await denied(stage, bench, sender);
  },
};

const bucket = 'post-form-bucket';
const sseField = 'x-amz-server-side-encryption';

interface Bench {
  readonly client: S3Client;
  readonly file: string;
  /** A signed form of `POST`; the policy covers its fields unless `uncovered`. */
  form(key: string, options?: Partial<PresignedPostOptions>): Promise<Form>;
}

interface Form {
  readonly url: string;
  readonly fields: Record<string, string>;
}

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

/** Sends the form with the file as its last field. */
type Sender = (form: Form, file: string, filename?: string) => Promise<Answer>;

function benchOf(stage: Stage): Bench {
  const { site } = stage;
  const client = new S3Client({
    endpoint: site.url,
    region: site.region,
    forcePathStyle: true,
    credentials: site.root,
  });
  return {
    client,
    file: writeBody(join(stage.folder, 'file.bin'), 150_001, stage.canary),
    form: (Key, options = {}) =>
      createPresignedPost(client, { Bucket: bucket, Key, Expires: 300, ...options }),
  };
}

const byFetch: Sender = async ({ url, fields }, file, filename = 'file.bin') => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new Blob([new Uint8Array(readFileSync(file))]), filename);
  const reply = await fetch(url, { method: 'POST', body: data, redirect: 'manual' });
  const location = reply.headers.get('location') ?? '';
  return { status: reply.status, location, text: await reply.text() };
};

const byCurl: Sender = async ({ url, fields }, file, filename = 'file.bin') => {
  const parts = Object.entries(fields).flatMap(([name, value]) => [
    '--form-string',
    `${name}=${value}`,
  ]);
  const written = '\n%{http_code} %{redirect_url}';
  const upload = ['-F', `file=@${file};filename="${filename}"`];
  const out = await run(['curl', '-sS', '-w', written, ...parts, ...upload, url]);
  const [, text = '', status = '', location = ''] = /^([^]*)\n(\d+) (.*)$/.exec(out) ?? [];
  return { status: Number(status), location, text };
};

async function stored(
  { client, file }: Bench,
  key: string,
): Promise<{ sse: string | undefined; metadata: unknown }> {
  const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  sameBytes(file, Buffer.from((await got.Body?.transformToByteArray()) ?? []));
  return { sse: got.ServerSideEncryption, metadata: got.Metadata };
}

async function answers(stage: Stage, bench: Bench): Promise<void> {
  const { check } = stage.checks;
  for (const [label, send] of [
    ['fetch', byFetch],
    ['curl -F', byCurl],
  ] as const) {
    await check(`${label}: without the SSE field: 204, and the bucket's AES256`, async () => {
      const answer = await send(await bench.form(`${label}/plain`), bench.file);
      same([answer.status, answer.text], [204, ''], 'answer');
      same((await stored(bench, `${label}/plain`)).sse, 'AES256', 'SSE');
    });
    await check(`${label}: with the SSE field, metadata and tags`, async () => {
      const tag = `<Tag><Key>note</Key><Value>${stage.canary}</Value></Tag>`;
      const Fields = {
        [sseField]: 'AES256',
        'x-amz-meta-note': stage.canary,
        tagging: `<Tagging><TagSet>${tag}</TagSet></Tagging>`,
      };
      const answer = await send(await bench.form(`${label}/sse`, { Fields }), bench.file);
      same(answer.status, 204, answer.text);
      const found = await stored(bench, `${label}/sse`);
      same(found, { sse: 'AES256', metadata: { note: stage.canary } }, 'object');
      const at = { Bucket: bucket, Key: `${label}/sse` };
      const tags = await bench.client.send(new GetObjectTaggingCommand(at));
      same(tags.TagSet, [{ Key: 'note', Value: stage.canary }], 'tags');
    });
    await check(`${label}: success_action_status 201 and 200`, async () => {
      const created = { Fields: { success_action_status: '201' } };
      const answer = await send(await bench.form(`${label}/201`, created), bench.file);
      same(answer.status, 201, answer.text);
      contains(answer.text, `<Bucket>${bucket}</Bucket><Key>${label}/201</Key>`, 'body');
      contains(answer.text, /<Location>http.*<\/Location>.*<ETag>/, 'body');
      const ok = { Fields: { success_action_status: '200' } };
      const second = await send(await bench.form(`${label}/200`, ok), bench.file);
      same([second.status, second.text], [200, ''], 'answer');
      await stored(bench, `${label}/200`);
    });
    await check(`${label}: success_action_redirect`, async () => {
      const Fields = { success_action_redirect: 'http://localhost/done?from=form' };
      const answer = await send(await bench.form(`${label}/303`, { Fields }), bench.file);
      same(answer.status, 303, answer.text);
      const to = new URL(answer.location);
      same(to.searchParams.get('from'), 'form', 'own query');
      same(
        [to.searchParams.get('bucket'), to.searchParams.get('key')],
        [bucket, `${label}/303`],
        'query',
      );
      await stored(bench, `${label}/303`);
    });
    await check(`${label}: \${filename} in the key`, async () => {
      const Conditions: PresignedPostOptions['Conditions'] = [['starts-with', '$key', 'named/']];
      const key = `named/${label}-\${filename}`;
      const answer = await send(await bench.form(key, { Conditions }), bench.file, 'my file.bin');
      same(answer.status, 204, answer.text);
      await stored(bench, `named/${label}-my file.bin`);
    });
  }
}

async function refusals(stage: Stage, bench: Bench): Promise<void> {
  const { check } = stage.checks;
  const refused = async (
    name: string,
    make: () => Promise<Form>,
    wanted: readonly [status: number, code: string],
  ): Promise<void> =>
    check(name, async () => {
      const answer = await byFetch(await make(), bench.file);
      same([answer.status, /<Code>(\w+)</.exec(answer.text)?.[1]], wanted, answer.text);
      const head = await stored(bench, 'refused').then(
        () => 'stored',
        (error: Error) => error.name,
      );
      same(head, 'NoSuchKey', 'a refused form left an object');
    });
  const form = (options: Partial<PresignedPostOptions> = {}): Promise<Form> =>
    bench.form('refused', options);
  const formWith = async (fields: Record<string, string>): Promise<Form> => {
    const { url, fields: signed } = await form();
    return { url, fields: { ...signed, ...fields } };
  };
  await refused(
    'a field that the policy does not cover is refused',
    () => formWith({ [sseField]: 'AES256' }),
    [403, 'AccessDenied'],
  );
  await refused(
    'another signature is refused',
    () => formWith({ 'X-Amz-Signature': 'a'.repeat(64) }),
    [403, 'SignatureDoesNotMatch'],
  );
  await refused(
    'a file over content-length-range is refused',
    () => form({ Conditions: [['content-length-range', 1, 150_000]] }),
    [400, 'EntityTooLarge'],
  );
  await refused(
    'a file under content-length-range is refused',
    () => form({ Conditions: [['content-length-range', 150_002, 200_000]] }),
    [400, 'EntityTooSmall'],
  );
  await refused('an expired policy is refused', () => form({ Expires: -60 }), [
    403,
    'AccessDenied',
  ]);
  await refused(
    'no policy at all is refused',
    () => Promise.resolve({ url: `${stage.site.url}/${bucket}`, fields: { key: 'refused' } }),
    [403, 'AccessDenied'],
  );
}

async function denied(stage: Stage, bench: Bench, send: Sender): Promise<void> {
  const { check } = stage.checks;
  const label = send === byCurl ? 'curl -F' : 'fetch';
  await check(`${label}: under the deny policy the form without the field is refused`, async () => {
    const answer = await send(await bench.form(`${label}/denied`), bench.file);
    same(answer.status, 403, answer.text);
    contains(answer.text, '<Code>AccessDenied</Code>', 'body');
  });
  await check(`${label}: under the deny policy a wrong field is refused`, async () => {
    const Fields = { [sseField]: 'aws:kms' };
    const answer = await send(await bench.form(`${label}/denied`, { Fields }), bench.file);
    same([403, 400, 501].includes(answer.status), true, `status ${answer.status}`);
  });
  await check(`${label}: under the deny policy the right field is accepted`, async () => {
    const Fields = { [sseField]: 'AES256' };
    const answer = await send(await bench.form(`${label}/let-in`, { Fields }), bench.file);
    same(answer.status, 204, answer.text);
    same((await stored(bench, `${label}/let-in`)).sse, 'AES256', 'SSE');
  });
}
