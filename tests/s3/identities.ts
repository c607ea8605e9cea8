/** Accounts and users: whose buckets, whose policies, whose keys, in every worker at once. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { denied, policyOf, putPolicy } from './bucket-policy.ts';
import type { Site } from './site.ts';
import { exchange, refused } from './wire.ts';

export function identitiesSuite(site: Site): void {
  describe('accounts, users and keys', () => {
    accountTests(site);
    userTests(site);
    keyTests(site);
  });
}

const allow = (Action: string, Resource: string) => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action, Resource },
});

function accountTests(site: Site): void {
  test('another account needs a bucket policy; its users need their own besides', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'b' }));
    const account = await site.account();
    const accounts = await site.admin.call('ListAccounts', {});
    const name = accounts.accounts.find(({ id }) => id === account.id)?.name ?? '';
    const everything = allow('s3:*', '*');
    const root = site.client({ credentials: account.credentials });
    const bare = site.client({ credentials: await site.user(undefined, name) });
    const able = site.client({ credentials: await site.user(everything, name) });
    const get = (client = root) => client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    for (const client of [root, bare, able]) await refused(get(client), denied);
    const read = {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${Bucket}/*`,
    } as const;
    for (const AWS of [account.id, `arn:aws:iam::${account.id}:root`]) {
      await putPolicy(site, Bucket, policyOf({ ...read, Principal: { AWS } }));
      await get();
      await get(able);
      await refused(get(bare), denied);
    }
    const CanonicalUser = account.canonicalId;
    await putPolicy(site, Bucket, policyOf({ ...read, Principal: { CanonicalUser } }));
    await get();
    await refused(root.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'b' })), denied);
    await refused(root.send(new ListObjectsV2Command({ Bucket })), denied);
  });

  test('x-amz-expected-bucket-owner holds the owner to be who one thinks', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const { accounts } = await site.admin.call('ListAccounts', {});
    const rootKey = site.server.credentials.accessKeyId;
    const own = accounts.find(({ accessKeys }) => accessKeys.includes(rootKey))?.id ?? '';
    await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: own }));
    const put = { Bucket, Key: 'k', Body: 'b' };
    await s3.send(new PutObjectCommand({ ...put, ExpectedBucketOwner: own }));
    const wrong = new PutObjectCommand({ ...put, ExpectedBucketOwner: '000000000001' });
    await refused(s3.send(wrong), denied);
  });
}

function userTests(site: Site): void {
  test('a user does what its policy says and nothing else', async () => {
    const Bucket = await site.bucket();
    const objects = `arn:aws:s3:::${Bucket}/mine/*`;
    const user = await site.user({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: objects },
        { Effect: 'Deny', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/mine/ro/*` },
      ],
    });
    const s3 = site.client({ credentials: user });
    const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'b' }));
    await put('mine/k');
    await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'mine/m' }));
    await refused(put('mine/ro/k'), denied);
    await refused(put('other'), denied);
    await refused(s3.send(new DeleteObjectCommand({ Bucket, Key: 'mine/k' })), denied);
    await refused(s3.send(new ListBucketsCommand({})), denied);
    const tagged = new PutObjectCommand({ Bucket, Key: 'mine/t', Body: 'b', Tagging: 'a=b' });
    await refused(s3.send(tagged), { ...denied, message: /s3:PutObjectTagging/ });
  });

  test('a user’s policy that changes holds in every worker on the next request', async () => {
    const Bucket = await site.bucket();
    const user = await site.user();
    const path = { account: '~', user: user.arn.split('/')[1] ?? '' };
    const clients = await site.onePerWorker(user);
    const policy = JSON.stringify(allow('s3:ListBucket', `arn:aws:s3:::${Bucket}`));
    for (let round = 0; round < 5; round++) {
      await site.admin.call('SetUserPolicy', { path, body: { policy } });
      for (const s3 of clients) await s3.send(new ListObjectsV2Command({ Bucket }));
      await site.admin.call('SetUserPolicy', { path, body: { policy: null } });
      for (const s3 of clients) {
        await refused(s3.send(new ListObjectsV2Command({ Bucket })), denied);
      }
    }
  });
}

function keyTests(site: Site): void {
  test('a key made, disabled, enabled and deleted is so in every worker at once', async () => {
    const Bucket = await site.bucket();
    const user = await site.user(allow('s3:*', '*'));
    const { accessKeyId } = user;
    const clients = await site.onePerWorker(user);
    const list = async (): Promise<(number | string | undefined)[]> =>
      Promise.all(
        clients.map(
          async (s3) => (await exchange(s3, new ListObjectsV2Command({ Bucket }))).status,
        ),
      );
    const all = (status: number): number[] => clients.map(() => status);
    const enable = (enabled: boolean) =>
      site.admin.call('UpdateAccessKey', { path: { accessKeyId }, body: { enabled } });
    assert.deepEqual(await list(), all(200));
    await enable(false);
    assert.deepEqual(await list(), all(403));
    await enable(true);
    assert.deepEqual(await list(), all(200));
    await site.admin.call('DeleteAccessKey', { path: { accessKeyId }, query: {} });
    assert.deepEqual(await list(), all(403));
    for (const s3 of clients) {
      await refused(s3.send(new ListObjectsV2Command({ Bucket })), {
        code: 'InvalidAccessKeyId',
        status: 403,
        message: 'The AWS Access Key Id you provided does not exist in our records.',
      });
    }
  });

  test('a wrong secret, and no credentials', async () => {
    const Bucket = await site.bucket();
    const { accessKeyId } = site.server.credentials;
    const credentials = { accessKeyId, secretAccessKey: 'not the secret of this key at all' };
    const wrong = site.client({ credentials });
    await refused(wrong.send(new ListObjectsV2Command({ Bucket })), {
      code: 'SignatureDoesNotMatch',
      status: 403,
    });
    await refused(site.anonymous().send(new ListObjectsV2Command({ Bucket })), denied);
  });
}
