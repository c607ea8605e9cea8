/**
 * A plain HTML form on a page of somebody's site, submitted by the browser as multipart/form-data: with
 * the encryption field it is stored, without it the documented policy refuses it.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { denyPolicy } from '../clients/deny-policy.ts';
import { clientOf, type House } from './house.ts';
import type { Suite } from './suite.ts';
import { Visit } from './visit.ts';

const Bucket = 'forms';
const sse = { 'x-amz-server-side-encryption': 'AES256' };

export const postForm: Suite = {
  name: 'post-form',
  run: async ({ house, check, folder }) => {
    await house.s3.send(new CreateBucketCommand({ Bucket }));
    await house.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: denyPolicy(Bucket) }));
    const file = join(folder, 'form.txt');
    writeFileSync(file, 'by a plain form\n');
    await using site = await startSite();
    await using visit = await Visit.begin(house);
    const { page } = visit;
    const submit = async (): Promise<number> => {
      await page.goto(site.url);
      await page.locator('input[type=file]').setInputFiles(file);
      const [reply] = await Promise.all([
        page.waitForResponse((response) => response.request().method() === 'POST'),
        page.getByText('Send').click(),
      ]);
      return reply.status();
    };

    await check('with the encryption field it is stored, encrypted as asked', async () => {
      site.show(await formOf(house, 'with.txt', sse));
      assert.ok([200, 204].includes(await submit()));
      const at = { Bucket, Key: 'with.txt' };
      const { ServerSideEncryption } = await house.s3.send(new HeadObjectCommand(at));
      assert.equal(ServerSideEncryption, 'AES256');
      const { Body } = await house.s3.send(new GetObjectCommand(at));
      assert.equal(await Body?.transformToString(), 'by a plain form\n');
    });
    await check('without it the policy refuses it', async () => {
      site.show(await formOf(house, 'without.txt', {}));
      assert.equal(await submit(), 403);
      assert.match(await page.content(), /AccessDenied/);
      await assert.rejects(house.s3.send(new HeadObjectCommand({ Bucket, Key: 'without.txt' })));
    });
  },
};

async function formOf(house: House, Key: string, Fields: Record<string, string>): Promise<string> {
  const signer = clientOf(house.proxy.url, house.server.credentials);
  const { url, fields } = await createPresignedPost(signer, { Bucket, Key, Fields });
  signer.destroy();
  const inputs = Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
    .join('');
  return `<!doctype html><title>Form</title>
    <form action="${url}" method="post" enctype="multipart/form-data">
    ${inputs}<input type="file" name="file"><button>Send</button></form>`;
}

interface FormSite extends AsyncDisposable {
  readonly url: string;
  show(html: string): void;
}

async function startSite(): Promise<FormSite> {
  let html = '';
  const server = createServer((_request, reply) => {
    reply.setHeader('content-type', 'text/html; charset=utf-8');
    reply.end(html);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    show: (next) => void (html = next),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
