/** Buckets: made with each choice of encryption, emptied and deleted by typing their name. */
import assert from 'node:assert/strict';
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { denyPolicy } from '../clients/deny-policy.ts';
import { clientOf, keysOf } from './house.ts';
import type { Suite } from './suite.ts';
import { Visit } from './visit.ts';

export const buckets: Suite = {
  name: 'buckets',
  run: async ({ house, check }) => {
    await using visit = await Visit.begin(house);
    const { page } = visit;
    await visit.signIn();

    const create = async (name: string, ...choices: readonly string[]): Promise<void> => {
      await visit.go('/buckets');
      await visit.button('Create bucket').first().click();
      const dialog = visit.dialog();
      await dialog.getByLabel('Name').fill(name);
      for (const choice of choices) await dialog.getByText(choice, { exact: true }).click();
      await visit.button('Create bucket', dialog).click();
      await page.waitForURL(`${house.url}/buckets/${name}`);
    };
    await check('is made as the server does', async () => {
      await create('as-server');
      await visit.sees('No objects yet');
      const { Status } = await house.s3.send(
        new GetBucketVersioningCommand({ Bucket: 'as-server' }),
      );
      assert.equal(Status, undefined);
    });
    await check('is made with SSE-S3 of its own, and versioning', async () => {
      await create('with-sse', 'Amazon S3-style managed keys (SSE-S3)', 'On');
      const Bucket = 'with-sse';
      const { Status } = await house.s3.send(new GetBucketVersioningCommand({ Bucket }));
      assert.equal(Status, 'Enabled');
      const encryption = await house.s3.send(new GetBucketEncryptionCommand({ Bucket }));
      const [rule] = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
      assert.equal(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, 'AES256');
    });
    await check(
      'a name that cannot be is told before it is sent; one that is taken, after',
      async () => {
        const { accessKey } = await house.admin.call('CreateAccount', { body: { name: 'others' } });
        const other = clientOf(house.endpoint, keysOf(accessKey));
        await other.send(new CreateBucketCommand({ Bucket: 'of-others' }));
        other.destroy();
        await visit.go('/buckets');
        await visit.button('Create bucket').first().click();
        const dialog = visit.dialog();
        await dialog.getByLabel('Name').fill('Not A Name');
        await visit.button('Create bucket', dialog).click();
        assert.equal(await dialog.getByLabel('Name').getAttribute('aria-invalid'), 'true');
        await dialog.getByLabel('Name').fill('of-others');
        await visit.button('Create bucket', dialog).click();
        await dialog.getByText('The bucket could not be made').waitFor();
        await visit.button('Cancel', dialog).click();
      },
    );
    await check('the list tells what is in them and how they are kept', async () => {
      const put = { Key: 'one', Body: 'x'.repeat(3_000) };
      await house.s3.send(new PutObjectCommand({ Bucket: 'with-sse', ...put }));
      // A bucket's count is kept for some seconds: this one has not been counted before.
      await house.s3.send(new CreateBucketCommand({ Bucket: 'counted' }));
      await house.s3.send(new PutObjectCommand({ Bucket: 'counted', ...put }));
      await visit.go('/buckets');
      const rowOf = (name: string) => page.getByRole('row').filter({ hasText: name });
      await rowOf('with-sse').getByText('Enabled').waitFor();
      await rowOf('with-sse').getByText('SSE-S3').waitFor();
      await rowOf('counted').getByText('2.93 KiB').waitFor();
    });
    await check('one with objects is not deleted; emptied, it is, by typing its name', async () => {
      await page.getByRole('radio', { name: 'Select with-sse' }).check({ force: true });
      await visit.button('Delete').click();
      await visit
        .dialog()
        .getByLabel(/Type with-sse/)
        .fill('with-ss');
      assert.equal(await visit.button('Delete bucket', visit.dialog()).isDisabled(), true);
      await visit
        .dialog()
        .getByLabel(/Type with-sse/)
        .fill('with-sse');
      await visit.button('Delete bucket', visit.dialog()).click();
      await visit.sees('The bucket is not empty');
      await visit.button('Empty it', visit.dialog()).click();
      await visit
        .dialog()
        .getByLabel(/Type with-sse/)
        .fill('with-sse');
      await visit.button('Empty bucket', visit.dialog()).click();
      await visit.sees(/versions?,? (marker|and).* deleted\./);
      await visit.button('Close', visit.dialog()).last().click();
      await page.getByRole('radio', { name: 'Select with-sse' }).check({ force: true });
      await visit.button('Delete').click();
      await visit
        .dialog()
        .getByLabel(/Type with-sse/)
        .fill('with-sse');
      await page.keyboard.press('Enter');
      await visit.sees('The bucket with-sse is deleted.');
      await assert.rejects(house.s3.send(new HeadBucketCommand({ Bucket: 'with-sse' })));
    });
    await check(
      'a policy that is wrong is told where; the documented one is ready-made',
      async () => {
        await visit.go('/buckets/counted/permissions');
        const editor = page.getByLabel('Policy of the bucket counted');
        await editor.fill(
          '{\n  "Version": "2012-10-17",\n  "Statement": [{ "Effect": "Perhaps" }]\n}',
        );
        await visit.button('Save policy').click();
        await visit.sees('The policy is not saved');
        await page.locator('.policy-excerpt').waitFor();
        await visit.button('Discard changes').click();
        await visit.button('Ready-made policies').click();
        await page.getByRole('menuitem', { name: /Deny unencrypted uploads/ }).click();
        await visit.button('Save policy').click();
        await visit.sees('The policy of counted is saved.');
        const { Policy } = await house.s3.send(new GetBucketPolicyCommand({ Bucket: 'counted' }));
        assert.deepEqual(JSON.parse(Policy ?? ''), JSON.parse(denyPolicy('counted')));
      },
    );
    await check('no violation of the policy, no error', () => visit.clean());
  },
};
