/** UploadPartCopy: parts out of objects, ranges in plaintext coordinates. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import { multipartObject, partSize } from './multipart-object.ts';
import { bodyOf, type Site } from './site.ts';
import { bytesOf, refused } from './wire.ts';

export function uploadPartCopySuite(site: Site): void {
  const start = async (Bucket: string, Key: string) => {
    const { UploadId } = await site.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const copy = async (
      PartNumber: number,
      given: Pick<UploadPartCopyCommandInput, 'CopySource'> & Partial<UploadPartCopyCommandInput>,
    ): Promise<CompletedPart> => {
      const part = { Bucket, Key, UploadId, PartNumber, ...given };
      const { CopyPartResult } = await site.s3.send(new UploadPartCopyCommand(part));
      assert.ok(CopyPartResult?.LastModified !== undefined);
      return { PartNumber, ETag: CopyPartResult.ETag };
    };
    const upload = { Bucket, Key, UploadId };
    return { upload, copy };
  };

  describe('UploadPartCopy', () => {
    test('row 11: ranges of an encrypted multipart object, across its parts', async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const sizes = [partSize, partSize, 100_000];
      const { body } = await multipartObject(s3, { Bucket, Key: 'source' }, sizes);
      const { upload, copy } = await start(Bucket, 'target');
      const from = partSize - 777;
      const CopySource = `${Bucket}/source`;
      const CopySourceRange = `bytes=${from}-${from + partSize - 1}`;
      const Parts = [await copy(1, { CopySource, CopySourceRange }), await copy(2, { CopySource })];
      const Body = bodyOf(99, 'sent');
      const sent = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 3, Body }));
      Parts.push({ PartNumber: 3, ETag: sent.ETag });
      const MultipartUpload = { Parts };
      await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'target' }));
      const expected = Buffer.concat([body.subarray(from, from + partSize), body, Body]);
      assert.ok((await bytesOf(got)).equals(expected));
    });

    test('a range that is none, or ends behind the source, is refused', async () => {
      const Bucket = await site.bucket();
      const put = new PutObjectCommand({ Bucket, Key: 's', Body: bodyOf(100) });
      await site.s3.send(put);
      const { copy } = await start(Bucket, 'target');
      for (const CopySourceRange of ['bytes=0-100', 'bytes=100-', 'bytes=-5', '0-5', 'bytes=9-3']) {
        const sent = copy(1, { CopySource: `${Bucket}/s`, CopySourceRange });
        const error = await sent.then(undefined, (thrown: Error) => thrown);
        assert.ok(error instanceof Error, CopySourceRange);
        assert.match(error.name, /^Invalid(Argument|Range|Request)$/, CopySourceRange);
      }
      await copy(1, { CopySource: `${Bucket}/s`, CopySourceRange: 'bytes=0-99' });
    });

    test('conditions on the source; a source that may not be read', async () => {
      const Bucket = await site.bucket();
      const put = new PutObjectCommand({ Bucket, Key: 's', Body: bodyOf(100) });
      const { ETag } = await site.s3.send(put);
      const { upload, copy } = await start(Bucket, 'target');
      const CopySource = `${Bucket}/s`;
      await copy(1, { CopySource, CopySourceIfMatch: ETag });
      const other = { code: 'PreconditionFailed', status: 412 };
      await refused(copy(1, { CopySource, CopySourceIfNoneMatch: ETag }), other);
      await refused(copy(1, { CopySource: `${Bucket}/no` }), { code: 'NoSuchKey', status: 404 });
      const user = await site.user({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 's3:PutObject',
          Resource: `arn:aws:s3:::${Bucket}/*`,
        },
      });
      const writer = site.client({ credentials: user });
      const sent = writer.send(new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource }));
      await refused(sent, { code: 'AccessDenied', status: 403 });
    });
  });
}
