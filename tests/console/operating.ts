/** What administrators do: keys, kits, inventory, overview, accounts and users; and what others may not. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { clientOf, type House, keysOf } from './house.ts';
import type { Stage, Suite } from './suite.ts';
import { eventually } from './uploads.ts';
import { Visit } from './visit.ts';

const checkout = resolve(import.meta.dirname, '../..');

export const operating: Suite = {
  name: 'operating',
  run: async (stage) => {
    const { house, check } = stage;
    for (const Bucket of ['operated', 'kept-from-others']) {
      await house.s3.send(new CreateBucketCommand({ Bucket }));
    }
    for (const Key of ['one', 'two,with "comma"', 'three']) {
      await house.s3.send(new PutObjectCommand({ Bucket: 'operated', Key, Body: Key }));
    }
    await using visit = await Visit.begin(house);
    await visit.signIn();
    await keys(stage, visit);
    await inventoryAndOverview(stage, visit);
    await accounts(stage, visit);
    await check('no violation of the policy, no error', () => visit.clean());
    await plainUser(stage);
  },
};

async function keys({ house, check, folder }: Stage, visit: Visit): Promise<void> {
  const { page } = visit;
  await check('rotate now, and everything is re-wrapped', async () => {
    await visit.go('/keys');
    await visit.button('Rotate now').click();
    await visit.button('Rotate now', visit.dialog()).click();
    await visit.sees('Version 2 is current; before it was version 1.');
    await visit.button('Re-wrap').click();
    await visit.button('Re-wrap', visit.dialog()).click();
    await visit.sees(/Moving .* to version 2|Ended/);
    await eventually(async () => {
      const { versions } = await house.admin.call('GetKeysStatus', {});
      assert.equal(versions.find(({ version }) => version === 1)?.references.objectVersions, 0);
    }, 60);
    await visit.sees('Ended');
  });
  await check('a recovery kit is made in the browser and opens with its passphrase', async () => {
    await visit.go('/keys');
    await visit.button('Make a recovery kit').click();
    const dialog = visit.dialog();
    const passphrase = 'correct horse battery staple, and seven more';
    await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await dialog.getByLabel('The same once more').fill(passphrase);
    await visit.button('Make the kit', dialog).click();
    await page.getByText('The recovery kit is made').waitFor({ timeout: 90_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      visit.button('Download the kit', visit.dialog()).click(),
    ]);
    const kit = await download.path();
    assert.ok(!readFileSync(kit, 'utf8').includes(passphrase));
    const file = join(folder, 'passphrase');
    writeFileSync(file, `${passphrase}\n`, { mode: 0o600 });
    await coffer(house, 'keys', 'restore', kit, '--check', '--passphrase-file', file);
    await visit.button('Close', visit.dialog()).last().click();
  });
}

async function inventoryAndOverview({ house, check }: Stage, visit: Visit): Promise<void> {
  const { page } = visit;
  await check('the inventory’s export is the command’s, byte for byte', async () => {
    await visit.go('/inventory?bucket=operated');
    await visit.settled();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      visit.button('Export CSV').click(),
    ]);
    const exported = readFileSync(await download.path(), 'utf8');
    const printed = await coffer(house, 'inventory', '--bucket', 'operated', '--format', 'csv');
    assert.equal(exported, printed);
    assert.equal(exported.trimEnd().split('\n').length, 4);
  });
  await check('the overview tells that requests are served', async () => {
    await visit.go('/overview');
    await visit.settled();
    for (const text of ['Requests', 'Errors']) await visit.sees(text);
    await eventually(async () => {
      await house.s3.send(new PutObjectCommand({ Bucket: 'operated', Key: 'again', Body: 'x' }));
      assert.ok(await page.getByText('PutObject').first().isVisible());
    }, 30);
  });
}

async function accounts({ house, check }: Stage, visit: Visit): Promise<void> {
  const { page } = visit;
  await check('an account is made, its key works, it is listed', async () => {
    await visit.go('/accounts');
    await visit.button('Create account').click();
    await visit.dialog().getByLabel('Name').fill('acme');
    await visit.button('Create account', visit.dialog()).click();
    await page.getByText('Access key of acme').waitFor();
    const [accessKeyId = '', secretAccessKey = ''] = await visit
      .dialog()
      .locator('.exact')
      .allInnerTexts();
    await visit.button('Done', visit.dialog()).click();
    await visit.sees('acme');
    const acme = clientOf(house.endpoint, { accessKeyId, secretAccessKey });
    await acme.send(new CreateBucketCommand({ Bucket: 'of-acme' }));
    acme.destroy();
  });
  await check('a user is made and shown', async () => {
    await visit.go('/accounts/acme');
    await visit.button('Create user').first().click();
    await visit.dialog().getByLabel('Name').fill('wile.e');
    await visit.button('Create user', visit.dialog()).click();
    await page.getByText('Access key of wile.e').waitFor();
    await visit.button('Done', visit.dialog()).click();
    await page.getByRole('link', { name: 'wile.e' }).click();
    await page.waitForURL(/accounts\/acme\?user=wile\.e/);
    await visit.settled();
  });
}

async function plainUser({ house, check }: Stage): Promise<void> {
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' },
      { Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: 'arn:aws:s3:::operated*' },
    ],
  });
  const { accessKey } = await house.admin.call('CreateUser', {
    path: { account: 'default' },
    body: { name: 'reader', policy },
  });
  await using visit = await Visit.begin(house);
  const { page } = visit;
  await check('a plain user sees who and where they are, and nothing of operating', async () => {
    await visit.signIn(keysOf(accessKey));
    await visit.settled();
    await visit.sees('reader');
    const navigation = page.getByRole('navigation', { name: 'Side navigation' });
    for (const name of ['Master keys', 'Overview', 'Accounts', 'Encryption inventory']) {
      assert.equal(await navigation.getByRole('link', { name }).count(), 0, name);
    }
    assert.equal(await page.getByText('of-acme').count(), 0);
  });
  await check(
    'a plain user reads what the policy lets, and is refused the rest with a reason',
    async () => {
      await visit.go('/buckets/operated');
      await visit.sees('three');
      await visit.button('Create folder').first().click();
      await visit.dialog().getByLabel('Name').fill('not mine');
      await visit.button('Create folder', visit.dialog()).click();
      await visit.sees('The folder is not made');
      await visit.go('/buckets/kept-from-others');
      await visit.sees('could not be listed');
    },
  );
  await check('pages of operating asked for by address tell nothing', async () => {
    for (const address of ['/keys', '/overview', '/inventory', '/accounts', '/accounts/acme']) {
      await visit.go(address);
      await visit.settled();
      assert.doesNotMatch(await page.locator('main').innerText(), /of-acme|wile\.e|operated/);
    }
    visit.clean();
  });
}

async function coffer({ server }: House, ...args: readonly string[]): Promise<string> {
  const command = ['--disable-warning=ExperimentalWarning', 'src/main.ts', ...args];
  const where = ['--data', server.data];
  const { stdout } = await promisify(execFile)(process.execPath, [...command, ...where], {
    cwd: checkout,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return stdout;
}
