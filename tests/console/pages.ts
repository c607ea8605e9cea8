/**
 * Every page, light and dark, wide and narrow: no violation of WCAG 2.2 AA that a program can find, none
 * of the Content-Security-Policy, no scrolling sideways, and all of it reached by keyboard.
 */
import assert from 'node:assert/strict';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Suite } from './suite.ts';
import { Visit } from './visit.ts';

export const everyPage: Readonly<Record<string, string>> = {
  buckets: '/buckets',
  objects: '/buckets/pages',
  versions: '/buckets/pages?versions=on',
  object: '/buckets/pages/object?key=folder%2Freport.txt',
  preview: '/buckets/pages/object?key=folder%2Freport.txt&tab=preview',
  'object versions': '/buckets/pages/object?key=folder%2Freport.txt&tab=versions',
  'bucket properties': '/buckets/pages/properties',
  'bucket permissions': '/buckets/pages/permissions',
  keys: '/keys',
  inventory: '/inventory',
  overview: '/overview',
  accounts: '/accounts',
  account: '/accounts/default',
  'no such page': '/no/such/page',
};

export const pages: Suite = {
  name: 'pages',
  run: async ({ house, check }) => {
    await house.s3.send(new CreateBucketCommand({ Bucket: 'pages' }));
    for (const Key of ['folder/report.txt', 'top.txt']) {
      await house.s3.send(new PutObjectCommand({ Bucket: 'pages', Key, Body: 'a report\n' }));
    }
    for (const dark of [false, true]) {
      await using visit = await Visit.begin(house, { dark });
      const theme = dark ? 'dark' : 'light';
      await check(`sign-in, ${theme}`, async () => {
        await visit.go('/sign-in');
        await visit.settled();
        assert.deepEqual(await visit.axe(), []);
        // What finds nothing must be able to find something.
        await visit.page.evaluate(`document.body.append(document.createElement('button'))`);
        assert.match(String(await visit.axe()), /button-name/);
      });
      await visit.signIn();
      for (const [name, address] of Object.entries(everyPage)) {
        await check(`${name}, ${theme}`, async () => {
          await visit.go(address);
          await visit.settled();
          assert.deepEqual(await visit.axe(), []);
          visit.clean();
        });
      }
      const dialogs = { 'Create bucket': '/buckets', Upload: '/buckets/pages' };
      for (const [button, address] of Object.entries(dialogs)) {
        await check(`the dialog ${button}, ${theme}`, async () => {
          await visit.go(address);
          await visit.settled();
          await visit.button(button).first().click();
          await visit.dialog().waitFor();
          assert.deepEqual(await visit.axe(), []);
        });
      }
    }
    await check('360 px wide, no page scrolls sideways', async () => {
      await using visit = await Visit.begin(house, { width: 360, height: 740 });
      await visit.signIn();
      const wide: string[] = [];
      for (const [name, address] of Object.entries(everyPage)) {
        await visit.go(address);
        await visit.settled();
        const overhang = await visit.overhang();
        if (overhang > 0) wide.push(`${name}: ${overhang} px`);
      }
      assert.deepEqual(wide, []);
    });
    await check('by keyboard from the list of buckets to an object', async () => {
      await using visit = await Visit.begin(house);
      const { page } = visit;
      await visit.signIn();
      await visit.settled();
      await tabTo(visit, 'pages');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${house.url}/buckets/pages`);
      await visit.sees('top.txt');
      await tabTo(visit, 'top.txt');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/buckets\/pages\/object\?key=top\.txt/);
      await visit.settled();
    });
  },
};

/** Presses Tab until what has this text has the focus. */
async function tabTo({ page }: Visit, text: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate('document.activeElement.textContent.trim()');
    if (focused === text) return;
  }
  assert.fail(`60 presses of Tab did not reach ${text}`);
}
