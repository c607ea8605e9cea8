/** CreateBucket: names, locations, owners, ACLs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
} from '@aws-sdk/client-s3';
import type { Site } from './site.ts';
import { exchange, refused } from './wire.ts';

export function createBucketSuite(site: Site): void {
  describe('CreateBucket', () => {
    const { s3 } = site;

    test('a new bucket is encrypted by default, without ACLs, closed to the public', async () => {
      const Bucket = site.newName();
      const made = await s3.send(new CreateBucketCommand({ Bucket }));
      assert.equal(made.Location, `/${Bucket}`);
      const { ServerSideEncryptionConfiguration: encryption } = await s3.send(
        new GetBucketEncryptionCommand({ Bucket }),
      );
      const [rule] = encryption?.Rules ?? [];
      assert.equal(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, 'AES256');
      const { OwnershipControls } = await s3.send(
        new GetBucketOwnershipControlsCommand({ Bucket }),
      );
      assert.equal(OwnershipControls?.Rules?.[0]?.ObjectOwnership, 'BucketOwnerEnforced');
      const { PublicAccessBlockConfiguration: block } = await s3.send(
        new GetPublicAccessBlockCommand({ Bucket }),
      );
      assert.deepEqual(Object.values(block ?? {}), [true, true, true, true]);
    });

    test("row 22: bucket names follow AWS's rules", async () => {
      const allowed = ['abc', 'a.b-c.1', '1bc', 'x'.repeat(63)];
      for (const name of allowed) {
        const Bucket = name.length === 63 ? name : `${name}${site.newName()}`;
        await s3.send(new CreateBucketCommand({ Bucket }));
      }
      const wrong = ['ab', 'x'.repeat(64), 'Upper', 'under_score', '-start', 'end-', 'a..b'];
      const reserved = ['192.168.5.4', 'xn--abc', 'sthree-abc', 'abc-s3alias', 'abc--ol-s3'];
      for (const Bucket of [...wrong, ...reserved]) {
        const sent = s3.send(new CreateBucketCommand({ Bucket }));
        await refused(sent, { code: 'InvalidBucketName', status: 400 });
      }
    });

    test('row 26: re-creating one’s own bucket in us-east-1 is 200 and changes nothing', async () => {
      const Bucket = await site.bucket();
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new HeadBucketCommand({ Bucket }));
    });

    test('the bucket of another account is BucketAlreadyExists', async () => {
      const Bucket = await site.bucket();
      const { credentials } = await site.account();
      const sent = site.client({ credentials }).send(new CreateBucketCommand({ Bucket }));
      await refused(sent, { code: 'BucketAlreadyExists', status: 409 });
    });

    test('row 26: a foreign LocationConstraint is refused', async () => {
      const Bucket = site.newName();
      const sent = s3.send(
        new CreateBucketCommand({
          Bucket,
          CreateBucketConfiguration: { LocationConstraint: 'eu-west-3' },
        }),
      );
      await refused(sent, {
        code: 'IllegalLocationConstraintException',
        status: 400,
        message:
          'The eu-west-3 location constraint is incompatible for the region specific endpoint this request was sent to.',
      });
      const reply = await exchange(s3, new HeadBucketCommand({ Bucket }));
      assert.equal(reply.status, 404);
    });

    test('row 8: public ACLs are refused, private is what every bucket is', async () => {
      const Bucket = site.newName();
      const open = new CreateBucketCommand({ Bucket, ACL: 'public-read' });
      await refused(s3.send(open), {
        code: 'AccessControlListNotSupported',
        status: 400,
        message: 'The bucket does not allow ACLs',
      });
      await s3.send(new CreateBucketCommand({ Bucket, ACL: 'private' }));
    });

    test('object lock is refused by name', async () => {
      const command = new CreateBucketCommand({
        Bucket: site.newName(),
        ObjectLockEnabledForBucket: true,
      });
      await refused(s3.send(command), { code: 'NotImplemented', status: 501 });
    });

    test('a document that is not one changes nothing', async () => {
      const Bucket = site.newName();
      const command = new CreateBucketCommand({ Bucket });
      command.middlewareStack.add(
        (next) => (args) => {
          const request = args.request as { body: string; headers: Record<string, string> };
          request.body = '<!DOCTYPE a [<!ENTITY b "c">]><CreateBucketConfiguration>&b;';
          request.headers['content-length'] = String(request.body.length);
          return next(args);
        },
        { step: 'build' },
      );
      await refused(s3.send(command), { code: 'MalformedXML', status: 400 });
      const reply = await exchange(s3, new HeadBucketCommand({ Bucket }));
      assert.equal(reply.status, 404);
    });

    test('of racing accounts exactly one gets the name', async () => {
      const Bucket = site.newName();
      const accounts = await Promise.all([1, 2, 3, 4].map(() => site.account()));
      const statuses = await Promise.all(
        accounts.map(async ({ credentials }) => {
          const client = site.client({ credentials });
          return (await exchange(client, new CreateBucketCommand({ Bucket }))).status;
        }),
      );
      assert.deepEqual(
        statuses.toSorted((a, b) => a - b),
        [200, 409, 409, 409],
      );
    });
  });
}
