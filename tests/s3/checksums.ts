/** The five flexible checksums: verified, kept, told, and composed of parts (rows 1, 18 and 24). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { multipartObject, partSize } from './multipart-object.ts';
import { bodyOf, type Site } from './site.ts';
import { bytesOf, codeOf, exchange, refused } from './wire.ts';

const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
type Algorithm = (typeof algorithms)[number];
type Told = Partial<Record<`Checksum${Algorithm}`, string | undefined>>;

const sumOf = (told: Told, algorithm: Algorithm): string => told[`Checksum${algorithm}`] ?? '';

/** What this test computes by itself; the SDK's own code made the others. */
function computed(algorithm: Algorithm, body: Uint8Array): string | undefined {
  if (algorithm === 'CRC32') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes.toString('base64');
  }
  if (algorithm !== 'SHA1' && algorithm !== 'SHA256') return undefined;
  return createHash(algorithm.toLowerCase()).update(body).digest('base64');
}

export function checksumsSuite(site: Site): void {
  describe('checksums (row 24)', () => {
    for (const algorithm of algorithms) singleTest(site, algorithm);
    wrongTests(site);
    for (const algorithm of algorithms) partsTest(site, algorithm);
    completeTests(site);
    attributesTest(site);
  });
}

function singleTest(site: Site, algorithm: Algorithm): void {
  test(`rows 1 and 24: ${algorithm} of a body, of a stream, of a copy`, async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const body = bodyOf(100_001, algorithm);
    const common = { Bucket, ChecksumAlgorithm: algorithm };
    const put = await s3.send(new PutObjectCommand({ ...common, Key: 'body', Body: body }));
    const sum = sumOf(put, algorithm);
    assert.ok(sum !== '');
    const own = computed(algorithm, body);
    if (own !== undefined) assert.equal(sum, own);
    assert.equal(put.ChecksumType, 'FULL_OBJECT');
    const Body = Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]);
    const stream = { ...common, Key: 'stream', Body, ContentLength: body.length };
    assert.equal(sumOf(await s3.send(new PutObjectCommand(stream)), algorithm), sum);
    const given = { Bucket, Key: 'given', Body: body, [`Checksum${algorithm}`]: sum };
    await s3.send(new PutObjectCommand(given));
    const copied = await s3.send(
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/given` }),
    );
    assert.equal(sumOf(copied.CopyObjectResult ?? {}, algorithm), sum);
    for (const Key of ['body', 'stream', 'given', 'copy']) {
      const asked = { Bucket, Key, ChecksumMode: 'ENABLED' } as const;
      const got = await s3.send(new GetObjectCommand(asked));
      assert.ok((await bytesOf(got)).equals(body));
      assert.equal(sumOf(got, algorithm), sum);
      assert.equal(sumOf(await s3.send(new HeadObjectCommand(asked)), algorithm), sum);
      const unasked = await exchange(s3, new HeadObjectCommand({ Bucket, Key }));
      assert.ok(!Object.keys(unasked.headers).some((name) => name.startsWith('x-amz-checksum')));
      // A checksum of the whole would be wrong beside a range.
      const ranged = await exchange(s3, new GetObjectCommand({ ...asked, Range: 'bytes=1-2' }));
      assert.ok(!Object.keys(ranged.headers).some((name) => name.startsWith('x-amz-checksum')));
    }
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    for (const entry of Contents ?? []) assert.deepEqual(entry.ChecksumAlgorithm, [algorithm]);
  });
}

function wrongTests(site: Site): void {
  test('rows 1 and 18: a wrong checksum stores nothing, in header or trailer', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const body = bodyOf(50_000, 'wrong');
    for (const algorithm of algorithms) {
      const right = await s3.send(
        new PutObjectCommand({ Bucket, Key: 'right', Body: body, ChecksumAlgorithm: algorithm }),
      );
      const wrong: Partial<PutObjectCommandInput> = {
        [`Checksum${algorithm}`]: sumOf(right, algorithm),
      };
      for (const Body of [bodyOf(50_000, 'other'), bodyOf(100, 'small')]) {
        const put = new PutObjectCommand({ Bucket, Key: `no-${algorithm}`, Body, ...wrong });
        await refused(s3.send(put), { code: 'BadDigest', status: 400 });
      }
      const short = { Bucket, Key: 'no', Body: body, [`Checksum${algorithm}`]: 'AAAA' };
      await refused(s3.send(new PutObjectCommand(short)), { code: 'InvalidRequest', status: 400 });
    }
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    assert.deepEqual(
      Contents?.map(({ Key }) => Key),
      ['right'],
    );
  });

  test('two checksums, and one that S3 or Coffer has not, are refused', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const put = { Bucket, Key: 'k', Body: 'b' };
    const two = { ChecksumCRC32: 'ecRYVg==', ChecksumSHA1: '6dcdTpBx5ZfaY5/tIXm2rmr2nPc=' };
    const sent = await exchange(s3, new PutObjectCommand({ ...put, ...two }));
    assert.deepEqual([sent.status, codeOf(sent)], [400, 'InvalidRequest']);
    const headers = { 'x-amz-checksum-sha512': 'x' };
    const other = await exchange(s3, new PutObjectCommand(put), { headers });
    assert.deepEqual([other.status, codeOf(other)], [501, 'NotImplemented']);
  });
}

function partsTest(site: Site, algorithm: Algorithm): void {
  const types = [
    ...(algorithm === 'CRC64NVME' ? [] : (['COMPOSITE'] as const)),
    ...(algorithm.startsWith('CRC') ? (['FULL_OBJECT'] as const) : []),
  ];
  for (const ChecksumType of types) {
    test(`row 24: ${algorithm} of parts, ${ChecksumType}`, async () => {
      const { s3 } = site;
      const Bucket = await site.bucket();
      const name = { Bucket, Key: 'k' };
      const checksum = { ChecksumAlgorithm: algorithm, ChecksumType };
      const made = await multipartObject(s3, { ...name, ...checksum }, [partSize, 4321]);
      const asked = { ...name, ChecksumMode: 'ENABLED' } as const;
      const head = await s3.send(new HeadObjectCommand(asked));
      assert.equal(head.ChecksumType, ChecksumType);
      const whole = await singleSum(site, Bucket, algorithm, made.body);
      if (ChecksumType === 'FULL_OBJECT') {
        assert.equal(sumOf(head, algorithm), whole);
        // The SDK compares it with the bytes.
        assert.ok((await bytesOf(await s3.send(new GetObjectCommand(asked)))).equals(made.body));
      } else {
        const sums: string[] = [];
        for (const part of made.parts) sums.push(await singleSum(site, Bucket, algorithm, part));
        const joined = Buffer.concat(sums.map((sum) => Buffer.from(sum, 'base64')));
        const composite = await singleSum(site, Bucket, algorithm, joined);
        assert.equal(sumOf(head, algorithm), `${composite}-2`);
      }
      const second = await s3.send(new HeadObjectCommand({ ...asked, PartNumber: 2 }));
      const own = await singleSum(site, Bucket, algorithm, made.parts[1] ?? Buffer.alloc(0));
      assert.equal(sumOf(second, algorithm), own);
    });
  }
}

/** The checksum of bytes as the SDK and the server agree it is. */
async function singleSum(
  { s3 }: Site,
  Bucket: string,
  ChecksumAlgorithm: Algorithm,
  Body: Buffer,
): Promise<string> {
  const own = computed(ChecksumAlgorithm, Body);
  if (own !== undefined) return own;
  const put = { Bucket, Key: 'sum', Body, ChecksumAlgorithm };
  return sumOf(await s3.send(new PutObjectCommand(put)), ChecksumAlgorithm);
}

function completeTests(site: Site): void {
  const start = async (given: { ChecksumAlgorithm?: ChecksumAlgorithm }) => {
    const name = { Bucket: await site.bucket(), Key: 'k' };
    const created = await site.s3.send(new CreateMultipartUploadCommand({ ...name, ...given }));
    const upload = { ...name, UploadId: created.UploadId };
    const part = { ...upload, PartNumber: 1, Body: bodyOf(1000, 'part') };
    return { upload, part };
  };

  test('row 24: an object’s checksum given to Complete is verified', async () => {
    const { s3 } = site;
    const { upload, part } = await start({ ChecksumAlgorithm: 'SHA256' });
    const sent = await s3.send(new UploadPartCommand({ ...part, ChecksumAlgorithm: 'SHA256' }));
    const { ETag, ChecksumSHA256 } = sent;
    const complete = (sum: string | undefined, partSum = ChecksumSHA256) =>
      s3.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          ChecksumSHA256: sum,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256: partSum }] },
        }),
      );
    const wrong = createHash('sha256').update('x').digest('base64');
    await refused(complete(undefined, wrong), { code: 'InvalidPart', status: 400 });
    await refused(complete(wrong), { code: 'BadDigest', status: 400 });
    const right = createHash('sha256')
      .update(Buffer.from(ChecksumSHA256 ?? '', 'base64'))
      .digest('base64');
    const done = await complete(`${right}-1`);
    assert.equal(done.ChecksumSHA256, `${right}-1`);
    assert.equal(done.ChecksumType, 'COMPOSITE');
  });

  test('row 24: a part of another algorithm than its upload’s is refused', async () => {
    const { part } = await start({ ChecksumAlgorithm: 'SHA256' });
    const other = new UploadPartCommand({ ...part, ChecksumAlgorithm: 'CRC32' });
    await refused(site.s3.send(other), { code: 'InvalidRequest', status: 400 });
  });

  test('row 24: without an algorithm the object has the CRC64NVME of the whole', async () => {
    const { s3 } = site;
    const { upload, part } = await start({});
    const { ETag } = await s3.send(new UploadPartCommand(part));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    assert.equal(done.ChecksumType, 'FULL_OBJECT');
    assert.equal(
      done.ChecksumCRC64NVME,
      await singleSum(site, upload.Bucket, 'CRC64NVME', part.Body),
    );
  });
}

function attributesTest(site: Site): void {
  test('GetObjectAttributes tells ETag, checksum, parts, class and size', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const name = { Bucket, Key: 'k' };
    const sizes = [partSize, partSize, 10];
    const { etag } = await multipartObject(s3, { ...name, ChecksumAlgorithm: 'SHA1' }, sizes);
    const all = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'] as const;
    const asked = { ...name, ObjectAttributes: [...all] };
    const told = await s3.send(new GetObjectAttributesCommand({ ...asked, MaxParts: 2 }));
    assert.equal(`"${told.ETag}"`, etag);
    assert.match(told.Checksum?.ChecksumSHA1 ?? '', /-3$/);
    assert.equal(told.Checksum?.ChecksumType, 'COMPOSITE');
    assert.equal(told.ObjectSize, 2 * partSize + 10);
    assert.equal(told.StorageClass, 'STANDARD');
    assert.equal(told.ObjectParts?.TotalPartsCount, 3);
    assert.deepEqual(
      told.ObjectParts?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
      [
        [1, partSize],
        [2, partSize],
      ],
    );
    assert.equal(told.ObjectParts?.IsTruncated, true);
    const PartNumberMarker = told.ObjectParts?.NextPartNumberMarker;
    const rest = await s3.send(new GetObjectAttributesCommand({ ...asked, PartNumberMarker }));
    assert.deepEqual(
      rest.ObjectParts?.Parts?.map(({ PartNumber }) => PartNumber),
      [3],
    );
    const few = { ...name, ObjectAttributes: ['ObjectSize' as const] };
    const less = await s3.send(new GetObjectAttributesCommand(few));
    assert.deepEqual([less.ETag, less.ObjectSize], [undefined, 2 * partSize + 10]);
    const absent = new GetObjectAttributesCommand({ ...asked, Key: 'no' });
    await refused(s3.send(absent), { code: 'NoSuchKey', status: 404 });
    const wrong = { ...name, ObjectAttributes: ['Colour' as 'ETag'] };
    const sent = s3.send(new GetObjectAttributesCommand(wrong));
    await refused(sent, { code: 'InvalidArgument', status: 400 });
  });
}
