/**
 * Uploads: by choice, by drop, a folder, a large file whose connection is killed in the middle; with
 * the encryption header seen on the wire, or seen to be absent.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { denyPolicy } from '../clients/deny-policy.ts';
import type { House } from './house.ts';
import type { Suite } from './suite.ts';
import { Visit } from './visit.ts';

export const choices = {
  'Use the bucket’s default': undefined,
  'Amazon S3-style managed keys (SSE-S3)': 'AES256',
  'Do not specify': undefined,
} as const;

const header = 'x-amz-server-side-encryption';
const largeBytes = 208 * 1024 ** 2;

export const uploads: Suite = {
  name: 'uploads',
  run: async ({ house, check, folder, figure }) => {
    await house.s3.send(new CreateBucketCommand({ Bucket: 'uploads' }));
    await using visit = await Visit.begin(house);
    const { page } = visit;
    await visit.signIn();
    const small = join(folder, 'small.txt');
    writeFileSync(small, 'a small file\n');

    for (const [choice, expected] of Object.entries(choices)) {
      await check(`${choice}: the header is ${expected ?? 'absent'}`, async () => {
        const prefix = `choice-${Object.keys(choices).indexOf(choice)}/`;
        await upload(visit, {
          address: `/buckets/uploads?prefix=${prefix}`,
          files: [small],
          choice,
        });
        await visit.sees('1 file uploaded');
        const [put, ...more] = writesOf(house, `${prefix}small.txt`);
        assert.deepEqual(more, []);
        assert.equal(put?.headers[header], expected);
        // A header may be signed into the address as well: that would count as sent.
        assert.ok(!put?.path.toLowerCase().includes(`${header}=`));
        await sameBytes(house, `${prefix}small.txt`, small);
      });
    }
    await check('a file that is dropped on the page', async () => {
      await visit.go('/buckets/uploads?prefix=dropped/');
      const drop = await page.evaluateHandle(
        `(() => { const data = new DataTransfer();
          data.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
          return data; })()`,
      );
      await visit.settled();
      const target = page.getByRole('region', { name: /Objects in/ });
      await target.dispatchEvent('dragover', { dataTransfer: drop });
      await target.dispatchEvent('drop', { dataTransfer: drop });
      await visit.button('Upload', visit.dialog()).click();
      await visit.sees('1 file uploaded');
      const { ContentType } = await house.s3.send(
        new HeadObjectCommand({ Bucket: 'uploads', Key: 'dropped/dropped.txt' }),
      );
      assert.equal(ContentType, 'text/plain');
    });
    await check('a folder, with what is below it', async () => {
      const top = join(folder, 'holiday');
      mkdirSync(join(top, 'day one', 'été'), { recursive: true });
      writeFileSync(join(top, 'list.txt'), 'list');
      writeFileSync(join(top, 'day one', 'a+b &c.txt'), 'plus');
      writeFileSync(join(top, 'day one', 'été', '☀.txt'), 'sun');
      await visit.go('/buckets/uploads?prefix=folders/');
      await openDialog(visit);
      await visit.dialog().getByLabel('A folder to upload').setInputFiles(top);
      await visit.dialog().getByText('3 files').waitFor();
      await visit.button('Upload', visit.dialog()).click();
      await visit.sees('3 files uploaded');
      const { Contents } = await house.s3.send(
        new ListObjectsV2Command({ Bucket: 'uploads', Prefix: 'folders/' }),
      );
      assert.deepEqual(Contents?.map(({ Key }) => Key).toSorted(), [
        'folders/holiday/day one/a+b &c.txt',
        'folders/holiday/day one/été/☀.txt',
        'folders/holiday/list.txt',
      ]);
    });
    await check('a refusal by the documented policy is shown with its reason', async () => {
      await house.s3.send(new CreateBucketCommand({ Bucket: 'guarded' }));
      const Policy = denyPolicy('guarded');
      await house.s3.send(new PutBucketPolicyCommand({ Bucket: 'guarded', Policy }));
      const address = '/buckets/guarded';
      await upload(visit, { address, files: [small], choice: 'Do not specify' });
      await visit.sees('1 failed');
      await visit.sees(/explicit deny|denied|policy/i);
      await upload(visit, { address, files: [small], choice: Object.keys(choices)[1] ?? '' });
      await visit.sees('1 file uploaded');
    });
    const large = join(folder, 'large.bin');
    await check(
      `a file of ${largeBytes / 1024 ** 2} MiB, its connection killed in the middle`,
      async () => {
        await writeLarge(large);
        await visit.go('/buckets/uploads?prefix=large/');
        const before = house.proxy.bytesIn();
        const started = performance.now();
        await upload(visit, {
          address: '/buckets/uploads?prefix=large/',
          files: [large],
          choice: Object.keys(choices)[1] ?? '',
        });
        while (house.proxy.bytesIn() - before < largeBytes * 0.4) await pause(20);
        house.proxy.cut();
        await visit.sees(/Interrupted|failed/);
        await pause(1_000);
        house.proxy.join();
        const done = page.getByRole('heading', { name: '1 file uploaded' });
        const retry = visit.button('Retry and resume all');
        await done
          .or(retry.and(page.locator(':enabled')))
          .first()
          .waitFor({ timeout: 60_000 });
        if (!(await done.isVisible())) await retry.click();
        await done.waitFor({ timeout: 120_000 });
        figure('large upload, with the cut', `${Math.round(performance.now() - started)} ms`);
        await sameBytes(house, 'large/large.bin', large);
        const resent = (house.proxy.bytesIn() - before) / largeBytes;
        figure('sent of it in all', `${resent.toFixed(2)} times`);
        assert.ok(resent < 1.5, 'what had arrived was sent again');
        const begun = house.proxy.sent.find(
          ({ method, path }) => method === 'POST' && /large\.bin\?(.*&)?uploads/.test(path),
        );
        assert.equal(begun?.headers[header], 'AES256');
      },
    );
    await check('a pause holds, a cancel aborts what had begun', async () => {
      await upload(visit, {
        address: '/buckets/uploads?prefix=cancelled/',
        files: [large],
        choice: 'Do not specify',
      });
      await visit.sees(/Uploading [1-9]/);
      await visit.button('Pause all').click();
      await visit.sees('1 paused');
      await visit.button('Cancel all').click();
      await visit.sees('Cancelled');
      await eventually(async () => {
        const { Uploads } = await house.s3.send(
          new ListMultipartUploadsCommand({ Bucket: 'uploads' }),
        );
        assert.deepEqual(Uploads ?? [], []);
      });
    });
    await check('no violation of the policy, no error', () => visit.clean());
  },
};

export interface Upload {
  readonly address: string;
  readonly files: readonly string[];
  readonly choice: string;
}

/** Chooses files and an encryption, and begins. */
export async function upload(visit: Visit, { address, files, choice }: Upload): Promise<void> {
  await visit.go(address);
  await openDialog(visit);
  const dialog = visit.dialog();
  await dialog.getByLabel('Files to upload').setInputFiles([...files]);
  await dialog.getByText(choice, { exact: true }).click();
  await visit.button('Upload', dialog).click();
}

async function openDialog(visit: Visit): Promise<void> {
  await visit.settled();
  await visit.button('Upload').first().click();
  await visit.dialog().getByText('Choose a folder').waitFor();
}

/** Requests that wrote a key in one. */
function writesOf({ proxy }: House, key: string) {
  return proxy.sent.filter(
    ({ method, path }) => method === 'PUT' && (path.split('?')[0] ?? '').endsWith(`/${key}`),
  );
}

async function writeLarge(path: string): Promise<void> {
  const file = createWriteStream(path);
  for (let written = 0; written < largeBytes; written += 4 * 1024 ** 2) {
    if (!file.write(randomBytes(4 * 1024 ** 2))) {
      await new Promise((done) => file.once('drain', done));
    }
  }
  await new Promise<void>((done) => file.end(done));
}

async function sameBytes({ s3 }: House, key: string, path: string): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'uploads', Key: key }));
  assert.equal(
    await digestOf(Body as AsyncIterable<Buffer>),
    await digestOf(createReadStream(path)),
  );
}

async function digestOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}

/** Until it holds, or the last failure. */
export async function eventually(work: () => Promise<void>, seconds = 15): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(100);
    }
  }
}
