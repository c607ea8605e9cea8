/** If-Match and If-None-Match on writes: decided with the write, whichever worker takes it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { bodyOf, type Site } from './site.ts';
import { bytesOf, exchange, refused } from './wire.ts';

const precondition = {
  code: 'PreconditionFailed',
  status: 412,
  message: 'At least one of the pre-conditions you specified did not hold',
};

export function conditionalWritesSuite(site: Site): void {
  describe('conditional writes (row 9)', () => {
    singleTests(site);
    raceTests(site);
  });
}

function singleTests(site: Site): void {
  test('row 9: PutObject with If-None-Match: * writes once', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const put = (Body: string) =>
      s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body, IfNoneMatch: '*' }));
    await put('first');
    const error = await refused(put('second'), precondition);
    assert.equal((error as { Condition?: string }).Condition, 'If-None-Match');
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.equal((await bytesOf(got)).toString(), 'first');
  });

  test('row 9: PutObject with If-Match replaces only what it names; a missing key is 404', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const put = (IfMatch: string) =>
      s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: IfMatch, IfMatch }));
    await refused(put('"d41d8cd98f00b204e9800998ecf8427e"'), { code: 'NoSuchKey', status: 404 });
    const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'a' }));
    await refused(put('"d41d8cd98f00b204e9800998ecf8427e"'), precondition);
    const second = await put(ETag);
    await refused(put(ETag), precondition);
    await put((second.ETag ?? '').replaceAll('"', ''));
  });

  test('what AWS has no condition for is refused by name', async () => {
    const Bucket = await site.bucket();
    const put = new PutObjectCommand({ Bucket, Key: 'k', Body: 'a' });
    const etag = '"d41d8cd98f00b204e9800998ecf8427e"';
    const reply = await exchange(site.s3, put, { headers: { 'if-none-match': etag } });
    assert.equal(reply.status, 501);
  });

  test('row 9: CompleteMultipartUpload, CopyObject and DeleteObject keep their conditions', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const name = { Bucket, Key: 'k' };
    const { ETag = '' } = await s3.send(new PutObjectCommand({ ...name, Body: 'there' }));
    const complete = await uploaded(s3, name);
    await refused(complete({ IfNoneMatch: '*' }), precondition);
    await complete({ IfMatch: ETag });
    const copy = { ...name, CopySource: `${Bucket}/k`, MetadataDirective: 'REPLACE' } as const;
    const onto = new CopyObjectCommand({ ...copy, Metadata: { a: 'b' } });
    const reply = await exchange(s3, onto, { headers: { 'if-none-match': '*' } });
    assert.equal(reply.status, 412);
    await refused(s3.send(new DeleteObjectCommand({ ...name, IfMatch: ETag })), precondition);
    const { ETag: now } = await s3.send(new GetObjectCommand(name));
    await s3.send(new DeleteObjectCommand({ ...name, IfMatch: now }));
    const gone = await exchange(s3, new GetObjectCommand(name));
    assert.equal(gone.status, 404);
  });

  test('row 9: a delete marker counts as nothing there', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const put = { Bucket, Key: 'k', Body: 'a' };
    const { ETag } = await s3.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }));
    await refused(s3.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' })), precondition);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    const matching = new PutObjectCommand({ ...put, IfMatch: ETag });
    await refused(s3.send(matching), { code: 'NoSuchKey', status: 404 });
    await s3.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }));
  });
}

function raceTests(site: Site): void {
  test('row 9: of racers with If-None-Match: * exactly one wins, in whatever worker', async () => {
    const Bucket = await site.bucket();
    const clients = await site.onePerWorker();
    const racers = [...clients, ...clients, ...(await site.onePerWorker()), site.s3, site.s3];
    for (const size of [100, 50_000]) {
      const replies = await Promise.all(
        racers.map((s3, index) => {
          const Body = bodyOf(size, `racer ${index}`);
          const Key = `race-${size}`;
          return exchange(s3, new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch: '*' }));
        }),
      );
      checkOneWinner(replies.map(({ status }) => status));
      const winner = replies.findIndex(({ status }) => status === 200);
      const got = await site.s3.send(new GetObjectCommand({ Bucket, Key: `race-${size}` }));
      assert.ok((await bytesOf(got)).equals(bodyOf(size, `racer ${winner}`)));
    }
  });

  test('row 9: of racers with the same If-Match exactly one wins', async () => {
    const Bucket = await site.bucket();
    const clients = await site.onePerWorker();
    const racers = [...clients, ...clients, ...clients, site.s3, site.s3];
    let { ETag } = await site.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'start' }));
    for (let round = 0; round < 5; round++) {
      const replies = await Promise.all(
        racers.map((s3, index) => {
          const Body = `round ${round} racer ${index}`;
          return exchange(s3, new PutObjectCommand({ Bucket, Key: 'k', Body, IfMatch: ETag }));
        }),
      );
      checkOneWinner(replies.map(({ status }) => status));
      ETag = replies.find(({ status }) => status === 200)?.headers['etag'];
    }
  });
}

/** S3 answers those who lost by 412, or by 409 where they lost in the middle of it. */
function checkOneWinner(statuses: readonly number[]): void {
  assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join());
  for (const status of statuses) assert.ok([200, 409, 412].includes(status), statuses.join());
}

async function uploaded(s3: S3Client, name: { readonly Bucket: string; readonly Key: string }) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(name));
  const part = { ...name, UploadId, PartNumber: 1, Body: bodyOf(100, 'part') };
  const { ETag } = await s3.send(new UploadPartCommand(part));
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  return (conditions: { readonly IfNoneMatch?: string; readonly IfMatch?: string }) =>
    s3.send(
      new CompleteMultipartUploadCommand({ ...name, UploadId, MultipartUpload, ...conditions }),
    );
}
