/** Public access block and ownership controls. Their effect on policies: `bucket-policy.ts`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DeleteBucketOwnershipControlsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketOwnershipControlsCommand,
  GetPublicAccessBlockCommand,
  type ObjectOwnership,
  PutBucketOwnershipControlsCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { Site } from './site.ts';
import { refused } from './wire.ts';

export function bucketControlsSuite(site: Site): void {
  describe('public access block', () => {
    test('what is put is told, what is left out is false, DELETE leaves none', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const get = () => s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      const PublicAccessBlockConfiguration = { BlockPublicPolicy: true };
      const put = { Bucket, PublicAccessBlockConfiguration };
      await s3.send(new PutPublicAccessBlockCommand(put));
      assert.deepEqual((await get()).PublicAccessBlockConfiguration, {
        BlockPublicAcls: false,
        IgnorePublicAcls: false,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: false,
      });
      await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
      await refused(get(), {
        code: 'NoSuchPublicAccessBlockConfiguration',
        status: 404,
        message: 'The public access block configuration was not found',
      });
      await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    });
  });

  describe('ownership controls', () => {
    test('row 8: what is put is told; ACL headers follow it; DELETE leaves none', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const put = (...owners: ObjectOwnership[]) =>
        s3.send(
          new PutBucketOwnershipControlsCommand({
            Bucket,
            OwnershipControls: { Rules: owners.map((ObjectOwnership) => ({ ObjectOwnership })) },
          }),
        );
      const object = { Bucket, Key: 'k', Body: 'b', ACL: 'private' } as const;
      const off = { code: 'AccessControlListNotSupported', status: 400 };
      await refused(s3.send(new PutObjectCommand(object)), off);
      await put('ObjectWriter');
      const got = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
      assert.deepEqual(got.OwnershipControls?.Rules, [{ ObjectOwnership: 'ObjectWriter' }]);
      await s3.send(new PutObjectCommand(object));
      const open = new PutObjectCommand({ ...object, ACL: 'public-read' });
      await refused(s3.send(open), { code: 'NotImplemented', status: 501 });
      const malformed = { code: 'MalformedXML', status: 400 };
      await refused(put('Nobody' as ObjectOwnership), malformed);
      await refused(put('ObjectWriter', 'BucketOwnerPreferred'), malformed);
      await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
      await refused(s3.send(new GetBucketOwnershipControlsCommand({ Bucket })), {
        code: 'OwnershipControlsNotFoundError',
        status: 404,
        message: 'The bucket ownership controls were not found',
      });
    });
  });
}
