/** Bucket policies: kept to the byte, judged on every request, in every worker at once. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RawClient } from '../support/raw-socket.ts';
import { canary, type Site } from './site.ts';
import { bytesOf, exchange, refused } from './wire.ts';

export const denied = { code: 'AccessDenied', status: 403 };

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: object;
}

/** A policy's text, with the canary in its Sid. */
export function policyOf(...statements: readonly Statement[]): string {
  const Sid = canary.replaceAll('-', '');
  const Statement = statements.map((statement, index) => ({
    Sid: `${Sid}${index}`,
    Principal: '*',
    ...statement,
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

export const putPolicy = (site: Site, Bucket: string, Policy: string, s3 = site.s3) =>
  s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));

const allowRead = (Bucket: string): Statement => ({
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${Bucket}/*`,
});

export function bucketPolicySuite(site: Site): void {
  describe('bucket policy', () => {
    documentTests(site);
    principalTests(site);
    publicTests(site);
    unreadBodyTests(site);
    denyTests(site);
    conditionTests(site);
  });
}

function documentTests(site: Site): void {
  test('GetBucketPolicy returns the stored text byte for byte; DELETE removes it', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const Principal = { AWS: (await site.user()).arn };
    const policy = policyOf({ ...allowRead(Bucket), Principal });
    const spaced = policy.replaceAll(':{', ' :\t{\n ').replace('Allow', 'All\\u006fw');
    await putPolicy(site, Bucket, spaced);
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    assert.equal(Policy, spaced);
    const { PolicyStatus } = await s3.send(new GetBucketPolicyStatusCommand({ Bucket }));
    assert.equal(PolicyStatus?.IsPublic, false);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    await refused(s3.send(new GetBucketPolicyCommand({ Bucket })), {
      code: 'NoSuchBucketPolicy',
      status: 404,
    });
  });

  test('a malformed policy says where it is wrong, and the old one stays', async () => {
    const Bucket = await site.bucket();
    const Principal = { AWS: (await site.user()).arn };
    const good = { ...allowRead(Bucket), Principal };
    await putPolicy(site, Bucket, policyOf(good));
    const elsewhere = { ...good, Resource: `arn:aws:s3:::${site.newName()}/*` };
    const wrong: readonly (readonly [string, string, RegExp])[] = [
      ['no JSON', '{"Version":', /./],
      ['no statements', '{"Version":"2012-10-17"}', /Statement/],
      ['another bucket', policyOf(elsewhere), /resource/i],
      ['an unknown action', policyOf({ ...good, Action: 's3:Fly' }), /action/i],
      [
        'an unknown operator',
        policyOf({ ...good, Condition: { Like: { 's3:prefix': 'a' } } }),
        /Like/,
      ],
      [
        'an unknown key',
        policyOf({ ...good, Condition: { Null: { 's3:colour': 'true' } } }),
        /colour/,
      ],
      [
        'nobody',
        policyOf({ ...good, Principal: { AWS: 'arn:aws:iam::000000000000:user/no' } }),
        /principal/i,
      ],
      [
        'over 20 KB',
        policyOf({
          ...good,
          Resource: Array(400).fill(`arn:aws:s3:::${Bucket}/${'x'.repeat(40)}`),
        }),
        /./,
      ],
    ];
    for (const [what, policy, message] of wrong) {
      const sent = putPolicy(site, Bucket, policy);
      const error = await sent.then(undefined, (thrown: Error) => thrown);
      assert.ok(error instanceof Error, what);
      assert.equal(error.name, 'MalformedPolicy', what);
      assert.match(error.message, message, what);
    }
    const { Policy } = await site.s3.send(new GetBucketPolicyCommand({ Bucket }));
    assert.equal(Policy, policyOf(good));
  });
}

function principalTests(site: Site): void {
  test('a user who gets the name of a deleted one is not the one whom a policy names', async () => {
    const [Bucket, other] = [await site.bucket(), await site.bucket()];
    const name = site.newName();
    const make = async () => {
      const { user, accessKey } = await site.admin.call('CreateUser', {
        path: { account: '~' },
        body: { name, policy: policyOfUser },
      });
      const { accessKeyId, secretKey: secretAccessKey } = accessKey;
      return { arn: user.arn, s3: site.client({ credentials: { accessKeyId, secretAccessKey } }) };
    };
    const first = await make();
    const Principal = { AWS: first.arn };
    const allow = policyOf({ ...allowRead(Bucket), Principal });
    const deny = policyOf({
      Effect: 'Deny',
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::${other}/*`,
      Principal,
    });
    await putPolicy(site, Bucket, allow);
    await putPolicy(site, other, deny);
    await site.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'b' }));
    const read = (s3: S3Client) => s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    const write = (s3: S3Client) =>
      s3.send(new PutObjectCommand({ Bucket: other, Key: 'k', Body: 'b' }));
    await read(first.s3);
    await refused(write(first.s3), denied);
    await site.admin.call('DeleteUser', { path: { account: '~', user: name } });
    await refused(putPolicy(site, Bucket, allow), {
      code: 'MalformedPolicy',
      status: 400,
      message: 'Invalid principal in policy',
    });
    const second = await make();
    assert.equal(second.arn, first.arn);
    await refused(read(second.s3), denied);
    await write(second.s3);
    const { Policy } = await site.s3.send(new GetBucketPolicyCommand({ Bucket }));
    assert.equal(Policy, allow);
    await putPolicy(site, Bucket, allow);
    await read(second.s3);
  });
}

/** Lets a user write wherever a bucket's policy does not deny it, and read nothing. */
const policyOfUser = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }],
});

function publicTests(site: Site): void {
  test('a public policy is AccessDenied under BlockPublicPolicy, and works without', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'open' }));
    const anonymous = site.anonymous();
    const read = () => anonymous.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    await refused(putPolicy(site, Bucket, policyOf(allowRead(Bucket))), denied);
    await refused(read(), denied);
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await putPolicy(site, Bucket, policyOf(allowRead(Bucket)));
    assert.equal((await bytesOf(await read())).toString(), 'open');
    const { PolicyStatus } = await s3.send(new GetBucketPolicyStatusCommand({ Bucket }));
    assert.equal(PolicyStatus?.IsPublic, true);
    await refused(anonymous.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' })), denied);
    await refused(anonymous.send(new ListObjectsV2Command({ Bucket })), denied);
    await refused(anonymous.send(new GetObjectCommand({ Bucket, Key: 'no' })), denied);
    const head = await exchange(anonymous, new HeadObjectCommand({ Bucket, Key: 'no' }));
    assert.deepEqual([head.status, head.body.length], [403, 0]);
    const { credentials } = await site.account();
    const other = site.client({ credentials });
    await other.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    const PublicAccessBlockConfiguration = { RestrictPublicBuckets: true };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    await refused(read(), denied);
    await refused(other.send(new GetObjectCommand({ Bucket, Key: 'k' })), denied);
    await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
  });

  test('an anonymous writer writes what the policy lets, and the owner owns it', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    const drop = { Effect: 'Allow', Action: 's3:PutObject' } as const;
    await putPolicy(site, Bucket, policyOf({ ...drop, Resource: `arn:aws:s3:::${Bucket}/in/*` }));
    const put = (Key: string) =>
      site.anonymous().send(new PutObjectCommand({ Bucket, Key, Body: 'dropped' }));
    const { ServerSideEncryption } = await put('in/k');
    assert.equal(ServerSideEncryption, 'AES256');
    await refused(put('out'), denied);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, FetchOwner: true }));
    assert.match(listed.Contents?.[0]?.Owner?.ID ?? '', /^[0-9a-f]{64}$/);
    assert.equal(listed.KeyCount, 1);
  });
}

function unreadBodyTests(site: Site): void {
  /** What is answered to heads whose body never comes: whoever waited for it would not answer. */
  const answers = async (bucket: string): Promise<readonly (readonly [string, number])[]> => {
    const heads = [
      ['PutObject', `PUT /${bucket}/k`],
      ['UploadPart', `PUT /${bucket}/k?partNumber=1&uploadId=u`],
      ['CompleteMultipartUpload', `POST /${bucket}/k?uploadId=u`],
      ['DeleteObjects', `POST /${bucket}?delete`],
      ['PutBucketPolicy', `PUT /${bucket}?policy`],
    ] as const;
    return Promise.all(
      heads.map(async ([name, line]) => {
        using client = new RawClient(site.port);
        client.send(`${line} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n`);
        return [name, (await client.reply()).status] as const;
      }),
    );
  };

  test('an anonymous body is not read where no statement could let it in', async () => {
    const Bucket = await site.bucket();
    const { id } = await site.account();
    const Resource = [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`];
    const every = { Action: 's3:*', Resource };
    const someone = { AWS: id };
    const policies = [
      policyOf({ Effect: 'Deny', Action: 's3:ListBucket', Resource }),
      policyOf({ Effect: 'Deny', Action: 's3:DeleteBucket', Resource }),
      policyOf({ ...every, Effect: 'Allow', Principal: someone }),
    ];
    const refusals = await answers(Bucket);
    for (const [name, status] of refusals) assert.equal(status, 403, name);
    for (const policy of policies) {
      await putPolicy(site, Bucket, policy);
      assert.deepEqual(await answers(Bucket), refusals, policy);
    }
  });
}

function denyTests(site: Site): void {
  test('an explicit Deny binds the root too; only the policy itself stays open to it', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'b' }));
    const Resource = [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`];
    await putPolicy(site, Bucket, policyOf({ Effect: 'Deny', Action: 's3:*', Resource }));
    await refused(s3.send(new GetObjectCommand({ Bucket, Key: 'k' })), {
      ...denied,
      message: /^User: arn:aws:iam::\d{12}:root is not authorized to perform: s3:GetObject/,
    });
    await refused(s3.send(new ListObjectsV2Command({ Bucket })), denied);
    const user = await site.user({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    });
    const users = site.client({ credentials: user });
    await refused(users.send(new DeleteBucketPolicyCommand({ Bucket })), denied);
    await refused(users.send(new GetBucketPolicyCommand({ Bucket })), denied);
    await s3.send(new GetBucketPolicyCommand({ Bucket }));
    await putPolicy(site, Bucket, policyOf({ Effect: 'Deny', Action: 's3:PutObject', Resource }));
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    await users.send(new GetObjectCommand({ Bucket, Key: 'k' }));
  });

  test('a policy put in one worker is enforced in every worker on the next request', async () => {
    const Bucket = await site.bucket();
    const clients = await site.onePerWorker();
    const [writer = site.s3] = clients;
    await writer.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'b' }));
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    const policy = policyOf({ Effect: 'Deny', Action: 's3:GetObject', Resource });
    for (let round = 0; round < 10; round++) {
      await putPolicy(site, Bucket, policy, clients[round % clients.length]);
      for (const s3 of clients) {
        await refused(s3.send(new GetObjectCommand({ Bucket, Key: 'k' })), denied);
      }
      await writer.send(new DeleteBucketPolicyCommand({ Bucket }));
      for (const s3 of clients) await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    }
  });
}

function conditionTests(site: Site): void {
  test('conditions on the request: prefix, address, transport, tags, version', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const user = await site.user();
    const users = site.client({ credentials: user });
    const Principal = { AWS: user.arn };
    const list = {
      Principal,
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${Bucket}`,
    } as const;
    const listing = (Prefix?: string) => users.send(new ListObjectsV2Command({ Bucket, Prefix }));
    await putPolicy(
      site,
      Bucket,
      policyOf({ ...list, Condition: { StringLike: { 's3:prefix': ['home/${aws:username}/*'] } } }),
    );
    const name = user.arn.split('/')[1] ?? '';
    await listing(`home/${name}/`);
    await refused(listing(), denied);
    await refused(listing('home/other/'), denied);
    const read = { ...allowRead(Bucket), Principal };
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'b', Tagging: 'public=yes' }));
    const cases: readonly (readonly [object, boolean])[] = [
      [{ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }, true],
      [{ NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }, false],
      [{ Bool: { 'aws:SecureTransport': 'true' } }, false],
      [{ StringEquals: { 's3:ExistingObjectTag/public': 'yes' } }, true],
      [{ StringEquals: { 's3:ExistingObjectTag/public': 'no' } }, false],
      [{ StringEquals: { 's3:signatureversion': 'AWS4-HMAC-SHA256' } }, true],
      [{ NumericLessThan: { 's3:signatureAge': '600000' } }, true],
      [{ DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, true],
      [{ StringEquals: { 'aws:PrincipalType': 'User' } }, true],
      [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/*' } }, true],
    ];
    for (const [Condition, allowed] of cases) {
      await putPolicy(site, Bucket, policyOf({ ...read, Condition }));
      const reply = await exchange(users, new GetObjectCommand({ Bucket, Key: 'k' }));
      assert.equal(reply.status, allowed ? 200 : 403, JSON.stringify(Condition));
    }
  });

  test('X-Forwarded-For of a client that is no proxy changes no address', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    const deny = { Effect: 'Deny', Action: 's3:PutObject', Resource, Condition } as const;
    await putPolicy(site, Bucket, policyOf(deny));
    const headers = { 'x-forwarded-for': '10.1.1.1', 'x-real-ip': '10.1.1.1' };
    const put = new PutObjectCommand({ Bucket, Key: 'k', Body: 'b' });
    assert.equal((await exchange(s3, put, { headers })).status, 200);
  });
}
