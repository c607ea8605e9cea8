/** Browsing, deleting, folders and versions; one object's page: tags, download, share, previews. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { type House, startHouse } from './house.ts';
import type { Suite } from './suite.ts';
import { eventually } from './uploads.ts';
import { Visit } from './visit.ts';

const many = 5_000;
const Bucket = 'objects';
/** A picture of one dot. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pdf = `%PDF-1.1
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj
trailer<</Root 1 0 R>>`;

export const objects: Suite = {
  name: 'objects',
  run: async ({ house, check, figure }) => {
    await plant(house);
    await using visit = await Visit.begin(house);
    const { page } = visit;
    await visit.signIn();
    const listed = async (prefix: string): Promise<string[]> => {
      const { Contents } = await house.s3.send(
        new ListObjectsV2Command({ Bucket, Prefix: prefix }),
      );
      return (Contents ?? []).map(({ Key }) => Key ?? '');
    };

    await check(`${many} keys of a prefix scroll to the last, few drawn at a time`, async () => {
      await visit.go(`/buckets/${Bucket}?prefix=many/`);
      await visit.sees('key-0000');
      const started = performance.now();
      const list = page.getByRole('region', { name: /Objects in/ });
      await eventually(async () => {
        await page.evaluate(
          `(() => { const list = document.querySelector('.entries'); list.scrollTo(0, list.scrollHeight); })()`,
        );
        assert.ok(await page.getByText(`key-${many - 1}`).isVisible());
      }, 60);
      figure('to the last of them', `${Math.round(performance.now() - started)} ms`);
      const drawn = await list.getByRole('row').count();
      assert.ok(drawn < 150, `${drawn} rows are drawn`);
      await visit.sees('5,000 in all.');
    });
    await check('jump to a prefix; its address can be shared and reloaded', async () => {
      await page.getByLabel('Jump to a prefix').fill('many/key-49');
      await visit.button('Go').click();
      await visit.sees('100 in all.');
      await page.reload();
      await visit.sees('100 in all.');
      assert.match(page.url(), /prefix=many%2Fkey-49/);
    });
    await check('what is loaded is sorted', async () => {
      await visit.go(`/buckets/${Bucket}?prefix=sorted/`);
      await visit.button('Size').click();
      await page.locator('th[aria-sort=descending]').getByText('Size').waitFor();
      const names = await page.locator('tbody .exact').allInnerTexts();
      assert.deepEqual(names, ['b', 'c', 'a']);
    });
    await check('a folder is created, and not twice', async () => {
      await visit.go(`/buckets/${Bucket}?prefix=made/`);
      for (const expected of ['is made', 'not made']) {
        await visit.button('Create folder').first().click();
        await visit.dialog().getByLabel('Name').fill('new folder');
        await visit.button('Create folder', visit.dialog()).click();
        await visit.sees(expected);
      }
      assert.deepEqual(await listed('made/'), ['made/new folder/']);
    });
    await check('several selected are deleted, a folder with all below it', async () => {
      await visit.go(`/buckets/${Bucket}?prefix=doomed/`);
      await page.getByLabel('Select one.txt').check();
      await page.getByLabel('Select below/').check();
      await visit.sees('2 selected.');
      await visit.button('Delete').click();
      const dialog = visit.dialog();
      assert.equal(await visit.button('Delete', dialog).isDisabled(), true);
      await dialog.getByLabel('Type delete to confirm').fill('delete');
      await visit.button('Delete', dialog).click();
      await dialog.getByText('3 deleted').first().waitFor();
      await visit.button('Close', dialog).last().click();
      assert.deepEqual(await listed('doomed/'), ['doomed/stays.txt']);
    });
    await check('versions: shown, restored, a delete marker removed', async () => {
      await visit.go(`/buckets/${Bucket}?prefix=versioned/`);
      await visit.sees('Nothing begins with this');
      await visit.go(`/buckets/${Bucket}?prefix=versioned/&versions=on`);
      await visit.sees('3 in all.');
      await visit.go(`/buckets/${Bucket}/object?key=versioned%2Ffile&tab=versions`);
      await page.getByRole('button', { name: /^Remove marker/ }).click();
      await visit.button('Remove', visit.dialog()).click();
      await visit.sees('The marker is removed.');
      await page.getByText('Delete marker').first().waitFor({ state: 'detached' });
      assert.equal(await bodyOf(house, 'versioned/file'), 'second');
      await page.getByRole('button', { name: /^Restore version/ }).click();
      await visit.sees('A copy of that version is the newest now.');
      assert.equal(await bodyOf(house, 'versioned/file'), 'first');
      const restored = await house.s3.send(
        new HeadObjectCommand({ Bucket, Key: 'versioned/file' }),
      );
      assert.equal(restored.ServerSideEncryption, 'AES256');
    });
    await check('properties tell encryption, metadata and checksums', async () => {
      await visit.go(`/buckets/${Bucket}/object?key=shown.txt`);
      await visit.sees('SSE-S3 (AES256)');
      await visit.sees('x-amz-meta-colour');
      await visit.sees('ultramarine');
      await visit.sees('Master key version');
      await visit.sees(createHash('sha256').update('to be shown').digest('base64'));
    });
    await check('tags are edited', async () => {
      await visit.button('Add a tag').click();
      await page.getByLabel('Key of tag 1').fill('project');
      await page.getByLabel('Value of tag 1').fill('blue sky');
      await visit.button('Save tags').click();
      await visit.sees('The tags are saved.');
      const { TagSet } = await house.s3.send(
        new GetObjectTaggingCommand({ Bucket, Key: 'shown.txt' }),
      );
      assert.deepEqual(TagSet, [{ Key: 'project', Value: 'blue sky' }]);
    });
    await check('a download is the object, byte for byte', async () => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        visit.button('Download').click(),
      ]);
      assert.equal(download.suggestedFilename(), 'shown.txt');
      assert.equal(readFileSync(await download.path(), 'utf8'), 'to be shown');
    });
    await check('previews: image, text, PDF', async () => {
      await visit.go(`/buckets/${Bucket}/object?key=dot.png&tab=preview`);
      await eventually(async () => {
        assert.equal(
          await page.evaluate(`document.querySelector('img.preview-media')?.naturalWidth`),
          1,
        );
      });
      await visit.go(`/buckets/${Bucket}/object?key=shown.txt&tab=preview`);
      await page.locator('pre').getByText('to be shown').waitFor();
      await visit.go(`/buckets/${Bucket}/object?key=page.pdf&tab=preview`);
      const src = await page.locator('iframe').getAttribute('src');
      assert.equal(new URL(src ?? '').origin, house.proxy.url);
    });
    await check('no violation of the policy, no error', () => visit.clean());
    await check('a share link works without cookies, and expires', () => share());
  },
};

async function share(): Promise<void> {
  await using house = await startHouse();
  await house.s3.send(new CreateBucketCommand({ Bucket }));
  await house.s3.send(new PutObjectCommand({ Bucket, Key: 'shared.txt', Body: 'shared' }));
  await using visit = await Visit.begin(house);
  await visit.signIn();
  await visit.go(`/buckets/${Bucket}/object?key=shared.txt`);
  await visit.button('Share').click();
  await visit.dialog().getByLabel('Valid for, amount').fill('2');
  await visit.button('Make the link', visit.dialog()).click();
  const url = await visit.dialog().getByLabel('Link', { exact: true }).inputValue();
  assert.equal(await (await fetch(url)).text(), 'shared');
  house.goAhead(2 * 3_600_000 + 5_000);
  await eventually(async () => assert.equal((await fetch(url)).status, 403));
}

async function plant({ s3 }: House): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = (Key: string, Body: string | Buffer, more: object = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  for (let first = 0; first < many; first += 50) {
    const names = Array.from({ length: 50 }, (_one, index) => `${first + index}`.padStart(4, '0'));
    await Promise.all(names.map((name) => put(`many/key-${name}`, name)));
  }
  await put('sorted/a', '1');
  await put('sorted/b', '333');
  await put('sorted/c', '22');
  for (const name of ['one.txt', 'stays.txt', 'below/two.txt', 'below/deep/three.txt']) {
    await put(`doomed/${name}`, name);
  }
  await put('shown.txt', 'to be shown', {
    ContentType: 'text/plain',
    Metadata: { colour: 'ultramarine' },
    ChecksumAlgorithm: 'SHA256',
    ServerSideEncryption: 'AES256',
  });
  await put('dot.png', Buffer.from(png, 'base64'), { ContentType: 'image/png' });
  await put('page.pdf', pdf, { ContentType: 'application/pdf' });
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const asked = { ServerSideEncryption: 'AES256' };
  await put('versioned/file', 'first', asked);
  await put('versioned/file', 'second', asked);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'versioned/file' }));
}

async function bodyOf({ s3 }: House, Key: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Body?.transformToString();
}
