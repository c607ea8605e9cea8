/**
 * What a bucket has not (row 8): exact codes and texts for absent configuration, AWS's defaults for
 * reads of what is not built, and 501 by name for their writes.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketWebsiteCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectTorrentCommand,
  HeadObjectCommand,
  ListBucketMetricsConfigurationsCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketWebsiteCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import type { Site } from './site.ts';
import { type AnyCommand, bytesOf, codeOf, exchange, refused } from './wire.ts';

export function absentConfigurationSuite(site: Site): void {
  describe('absent configuration (row 8)', () => {
    absentTests(site);
    defaultTests(site);
    unbuiltTests(site);
  });
}

function absentTests(site: Site): void {
  const cases: readonly [(Bucket: string) => AnyCommand, string, string][] = [
    [
      (Bucket) => new GetBucketCorsCommand({ Bucket }),
      'NoSuchCORSConfiguration',
      'The CORS configuration does not exist',
    ],
    [
      (Bucket) => new GetBucketWebsiteCommand({ Bucket }),
      'NoSuchWebsiteConfiguration',
      'The specified bucket does not have a website configuration',
    ],
    [
      (Bucket) => new GetBucketLifecycleConfigurationCommand({ Bucket }),
      'NoSuchLifecycleConfiguration',
      'The lifecycle configuration does not exist',
    ],
    [
      (Bucket) => new GetBucketReplicationCommand({ Bucket }),
      'ReplicationConfigurationNotFoundError',
      'The replication configuration was not found',
    ],
    [
      (Bucket) => new GetObjectLockConfigurationCommand({ Bucket }),
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
    ],
    [
      (Bucket) => new GetBucketTaggingCommand({ Bucket }),
      'NoSuchTagSet',
      'The TagSet does not exist',
    ],
    [
      (Bucket) => new GetBucketPolicyCommand({ Bucket }),
      'NoSuchBucketPolicy',
      'The bucket policy does not exist',
    ],
    [
      (Bucket) => new GetBucketPolicyStatusCommand({ Bucket }),
      'NoSuchBucketPolicy',
      'The bucket policy does not exist',
    ],
  ];

  test('row 8: exact code and text', async () => {
    const Bucket = await site.bucket();
    for (const [command, code, message] of cases) {
      const reply = await exchange(site.s3, command(Bucket));
      const told = /<Message>([^<]*)<\/Message>/.exec(reply.text)?.[1];
      assert.deepEqual([reply.status, codeOf(reply), told], [404, code, message]);
      const none = await exchange(site.s3, command(site.newName()));
      assert.deepEqual([none.status, codeOf(none)], [404, 'NoSuchBucket']);
      const other = await exchange(site.anonymous(), command(Bucket));
      assert.deepEqual([other.status, codeOf(other)], [403, 'AccessDenied']);
    }
  });
}

function defaultTests(site: Site): void {
  test('row 8: reads of what is not built answer AWS’s default', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'b' }));
    const logging = await s3.send(new GetBucketLoggingCommand({ Bucket }));
    assert.equal(logging.LoggingEnabled, undefined);
    const accelerate = await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }));
    assert.equal(accelerate.Status, undefined);
    const payment = await s3.send(new GetBucketRequestPaymentCommand({ Bucket }));
    assert.equal(payment.Payer, 'BucketOwner');
    const notices = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    assert.equal(notices.QueueConfigurations, undefined);
    for (const command of [
      new GetBucketAclCommand({ Bucket }),
      new GetObjectAclCommand({ Bucket, Key: 'k' }),
    ]) {
      const { text, status } = await exchange(s3, command);
      assert.equal(status, 200);
      const [owner] = /<Owner><ID>([0-9a-f]{64})<\/ID>/.exec(text)?.slice(1) ?? [];
      const grants = [...text.matchAll(/<Grant>.*?<\/Grant>/g)];
      assert.equal(grants.length, 1);
      assert.match(text, new RegExp(`<ID>${owner}</ID>.*<Permission>FULL_CONTROL</Permission>`));
    }
    const absent = s3.send(new GetObjectAclCommand({ Bucket, Key: 'no' }));
    await refused(absent, { code: 'NoSuchKey', status: 404 });
  });
}

function unbuiltTests(site: Site): void {
  test('row 8: what is not built is 501 by its name, and touches nothing beside it', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const name = { Bucket, Key: 'k' };
    await s3.send(new PutObjectCommand({ ...name, Body: 'kept' }));
    const AccessControlPolicy = { Grants: [], Owner: { ID: 'x' } };
    const commands: readonly [string, AnyCommand][] = [
      ['PutObjectAcl', new PutObjectAclCommand({ ...name, AccessControlPolicy })],
      ['PutBucketAcl', new PutBucketAclCommand({ Bucket, AccessControlPolicy })],
      [
        'PutObjectLegalHold',
        new PutObjectLegalHoldCommand({ ...name, LegalHold: { Status: 'ON' } }),
      ],
      ['RestoreObject', new RestoreObjectCommand({ ...name, RestoreRequest: { Days: 1 } })],
      ['GetObjectTorrent', new GetObjectTorrentCommand(name)],
      ['PutBucketLogging', new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} })],
      ['PutBucketCors', new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [] } })],
      [
        'PutBucketLifecycleConfiguration',
        new PutBucketLifecycleConfigurationCommand({
          Bucket,
          LifecycleConfiguration: { Rules: [] },
        }),
      ],
      [
        'PutBucketNotificationConfiguration',
        new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }),
      ],
      ['PutBucketWebsite', new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: {} })],
      ['ListBucketMetricsConfigurations', new ListBucketMetricsConfigurationsCommand({ Bucket })],
    ];
    for (const [operation, command] of commands) {
      const reply = await exchange(s3, command);
      assert.deepEqual([reply.status, codeOf(reply)], [501, 'NotImplemented'], operation);
      assert.ok(reply.text.includes(`${operation} is not implemented`), operation);
    }
    const got = await s3.send(new GetObjectCommand(name));
    assert.equal((await bytesOf(got)).toString(), 'kept');
    assert.equal((await s3.send(new HeadObjectCommand(name))).ContentLength, 4);
  });

  test('a sub-resource that S3 has not is no PutObject', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const command = new PutObjectCommand({ Bucket, Key: 'k', Body: 'b' });
    await exchange(s3, command, { query: { uploads: '' } }).catch(() => undefined);
    assert.equal((await exchange(s3, new HeadObjectCommand({ Bucket, Key: 'k' }))).status, 404);
  });
}
