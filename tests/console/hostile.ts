/**
 * Names and contents made to run in the console's origin: keys, metadata, tags, policies, user names,
 * HTML and SVG objects. Each would call the trap; none may.
 */
import assert from 'node:assert/strict';
import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { House } from './house.ts';
import type { Suite } from './suite.ts';
import { trap, Visit } from './visit.ts';

const run = `${trap}(location.origin)`;
const image = `<img src=x onerror="${run}">`;
const script = `<script>${run}</script>`;
const link = `javascript:${run}`;

const keys = [
  image,
  `${image}/below`,
  `"><svg onload="${run}">`,
  link,
  '%3Cimg src=x%3E',
  '{{constructor.constructor("return 1")()}}',
  '\u202Egpj.exe',
  ' leading and trailing ',
  'a//b',
];

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60" onload="${run}">
  <script>${run}</script><a href="${link}"><rect width="60" height="60"/></a></svg>`;
const html = `<!doctype html><title>page</title>${image}${script}<a href="${link}">here</a>`;
const contents: Readonly<Record<string, readonly [type: string, body: string]>> = {
  'page.html': ['text/html', html],
  'picture.svg': ['image/svg+xml', svg],
  'html-as.png': ['image/png', html],
  'html-as.txt': ['text/plain', html],
  'html-as.pdf': ['application/pdf', html],
  'page.xhtml': [
    'application/xhtml+xml',
    `<html xmlns="http://www.w3.org/1999/xhtml">${svg}</html>`,
  ],
  'code.js': ['text/javascript', run],
  'style.xml': ['text/xml', `<?xml-stylesheet href="${link}"?><x>${svg}</x>`],
};

export const hostile: Suite = {
  name: 'hostile',
  run: async ({ house, check }) => {
    await plant(house);
    await using visit = await Visit.begin(house);
    const { page } = visit;
    await visit.signIn();

    await check('the trap goes off where something does run', async () => {
      await page.evaluate(run);
      assert.deepEqual(visit.ran.splice(0), [house.url]);
    });
    await check('keys in the list, with versions, and as a prefix', async () => {
      for (const query of ['', '?versions=on', `?prefix=${encodeURIComponent(`${image}/`)}`]) {
        await visit.go(`/buckets/hostile${query}`);
        await visit.settled();
        await visit.sees('onerror=');
      }
      visit.clean();
    });
    for (const key of keys) {
      await check(`the object ${JSON.stringify(key)}`, async () => {
        for (const tab of ['properties', 'preview', 'versions']) {
          await visit.go(`/buckets/hostile/object?key=${encodeURIComponent(key)}&tab=${tab}`);
          await visit.settled();
        }
        visit.clean();
      });
    }
    for (const key of Object.keys(contents)) {
      await check(`the preview of ${key}`, async () => {
        await visit.go(`/buckets/hostile/object?key=${key}&tab=preview`);
        await visit.settled();
        // Wherever it may show: neither in the console's origin nor in a frame of it.
        await page.waitForTimeout(300);
        assert.deepEqual(visit.ran, []);
        visit.clean();
      });
    }
    await check(
      'policy, tags and names of others on the pages of bucket and accounts',
      async () => {
        const pages = ['/buckets/hostile/permissions', '/buckets/hostile/properties', '/inventory'];
        for (const address of [...pages, '/accounts', '/accounts/default']) {
          await visit.go(address);
          await visit.settled();
        }
        visit.clean();
        assert.deepEqual(visit.ran, []);
      },
    );
    await check('addresses that were made up', async () => {
      for (const hostileText of [image, link, '"><script>', '%', '../../admin']) {
        const text = encodeURIComponent(hostileText);
        for (const address of [
          `/buckets/${text}`,
          `/buckets/hostile?prefix=${text}`,
          `/buckets/hostile/object?key=${text}&versionId=${text}`,
          `/accounts/${text}`,
          `/inventory?bucket=${text}&prefix=${text}`,
          `/sign-in?to=${text}`,
        ]) {
          await visit.go(address);
          await page.waitForLoadState('networkidle');
          assert.equal(new URL(page.url()).origin, house.url);
        }
      }
      await visit.go('/sign-in?to=https%3A%2F%2Fexample.org%2F');
      await page.waitForURL(`${house.url}/buckets`);
      visit.clean();
      assert.deepEqual(visit.ran, []);
    });
    await check('the console cannot be framed', async () => {
      const { headers } = await fetch(`${house.url}/buckets`);
      assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'/);
      assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe/);
    });
  },
};

async function plant({ s3, admin }: House): Promise<void> {
  const Bucket = 'hostile';
  await s3.send(new CreateBucketCommand({ Bucket }));
  const Tagging = 'name=%2B-%3D._%3A%2F%40';
  for (const Key of keys) {
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: html,
        ContentType: `text/plain; x="${image}"`,
        CacheControl: image,
        ContentDisposition: `inline; filename="${image.replaceAll('"', '')}"`,
        Metadata: { note: image, link },
        Tagging,
      }),
    );
  }
  for (const [Key, [ContentType, Body]] of Object.entries(contents)) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
  }
  const policy = {
    Version: '2012-10-17',
    Id: image,
    Statement: [
      {
        Sid: 'Hostile',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::hostile',
        Condition: { StringEquals: { 's3:prefix': [image, script, link] } },
      },
    ],
  };
  const Policy = JSON.stringify(policy);
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const TagSet = [{ Key: 'link', Value: link.replaceAll(/[()]/g, ' ') }];
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  await admin.call('CreateUser', { path: { account: 'default' }, body: { name: 'on+error=,.@-' } });
}
