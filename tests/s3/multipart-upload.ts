/** Multipart uploads from their creation to their end (rows 4, 7, 10, 28 and 30). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { multipartEtag, multipartObject, partSize } from './multipart-object.ts';
import { bodyOf, canary, type Site } from './site.ts';
import { bytesOf, exchange, refused } from './wire.ts';

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

const noSuchUpload = {
  code: 'NoSuchUpload',
  status: 404,
  message:
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
};

export function multipartUploadSuite(site: Site): void {
  const create = async (Bucket: string, Key = 'k'): Promise<Upload> => {
    const { UploadId } = await site.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    return { Bucket, Key, UploadId };
  };
  const uploadPart = async (upload: Upload, PartNumber: number, Body: Buffer) => {
    const sent = await site.s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    return { PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 };
  };
  const complete = (upload: Upload, Parts: CompletedPart[]) =>
    site.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  const parts = { create, uploadPart, complete };
  describe('multipart uploads', () => {
    objectTests(site, parts);
    refusalTests(site, parts);
    listTests(site, parts);
    endTests(site, parts);
  });
}

interface Steps {
  readonly create: (Bucket: string, Key?: string) => Promise<Upload>;
  readonly uploadPart: (
    upload: Upload,
    number: number,
    body: Buffer,
  ) => Promise<CompletedPart & { readonly ETag: string | undefined }>;
  readonly complete: (
    upload: Upload,
    parts: CompletedPart[],
  ) => Promise<{ readonly ETag?: string | undefined; readonly VersionId?: string | undefined }>;
}

function objectTests(site: Site, { create, uploadPart, complete }: Steps): void {
  test('row 4: facts of the creation, bytes of the parts, ETag hex-N', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const facts = {
      ContentType: 'video/x',
      CacheControl: 'no-cache',
      ContentEncoding: 'zstd',
      Metadata: { m: canary },
      Tagging: `t=${canary}`,
    };
    const sizes = [partSize + 1, partSize, 1];
    const made = await multipartObject(s3, { Bucket, Key: 'k', ...facts }, sizes);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.ok((await bytesOf(got)).equals(made.body));
    assert.equal(got.ETag, made.etag);
    assert.equal(got.ContentType, 'video/x');
    assert.equal(got.CacheControl, 'no-cache');
    assert.equal(got.ContentEncoding, 'zstd');
    assert.deepEqual(got.Metadata, { m: canary });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }));
    assert.deepEqual(TagSet, [{ Key: 't', Value: canary }]);
  });

  test('one small part, an empty part, a part sent again, parts left out', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    for (const size of [0, 1, 16_385]) {
      const upload = await create(Bucket, `one-${size}`);
      const Body = bodyOf(size, 'only');
      const done = await complete(upload, [await uploadPart(upload, 7, Body)]);
      assert.equal(done.ETag, multipartEtag([Body]));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: `one-${size}` }));
      assert.ok((await bytesOf(got)).equals(Body));
    }
    const upload = await create(Bucket, 'again');
    await uploadPart(upload, 3, bodyOf(partSize, 'first try'));
    const second = bodyOf(partSize, 'second try');
    const kept = [await uploadPart(upload, 3, second)];
    await uploadPart(upload, 5, bodyOf(30, 'left out'));
    const last = bodyOf(20, 'last');
    kept.push(await uploadPart(upload, 9, last));
    await complete(upload, kept);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'again' }));
    assert.ok((await bytesOf(got)).equals(Buffer.concat([second, last])));
    assert.equal(got.ETag, multipartEtag([second, last]));
    // Clients read 1 to PartsCount: in the object, parts are numbered by their place.
    for (const [index, body] of [second, last].entries()) {
      const name = { Bucket, Key: 'again', PartNumber: index + 1 };
      const part = await s3.send(new GetObjectCommand(name));
      assert.ok((await bytesOf(part)).equals(body));
      assert.equal(part.PartsCount, 2);
    }
    const third = s3.send(new GetObjectCommand({ Bucket, Key: 'again', PartNumber: 3 }));
    await refused(third, { code: 'InvalidPartNumber', status: 416 });
  });

  test('nothing is visible before the end, and the object before it stays', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const upload = await create(Bucket);
    const part = await uploadPart(upload, 1, bodyOf(50_000));
    const before = await exchange(s3, new HeadObjectCommand({ Bucket, Key: 'k' }));
    assert.equal(before.status, 404);
    await complete(upload, [part]);
    assert.equal((await exchange(s3, new HeadObjectCommand({ Bucket, Key: 'k' }))).status, 200);
  });
}

function refusalTests(site: Site, { create, uploadPart, complete }: Steps): void {
  test('row 28: a part under 5 MiB that is not the last is EntityTooSmall', async () => {
    const Bucket = await site.bucket();
    const upload = await create(Bucket);
    const Parts = [
      await uploadPart(upload, 1, bodyOf(partSize - 1)),
      await uploadPart(upload, 2, bodyOf(1)),
    ];
    const error = await refused(complete(upload, Parts), {
      code: 'EntityTooSmall',
      status: 400,
      message: 'Your proposed upload is smaller than the minimum allowed size',
    });
    assert.equal((error as { MinSizeAllowed?: string }).MinSizeAllowed, String(partSize));
    // The upload is still there, and ends well with another list.
    await complete(upload, Parts.slice(0, 1));
  });

  test('row 28: part numbers are 1 to 10,000', async () => {
    const Bucket = await site.bucket();
    const upload = await create(Bucket);
    await uploadPart(upload, 10_000, bodyOf(1));
    for (const number of [0, 10_001, -1]) {
      await refused(uploadPart(upload, number, bodyOf(1)), {
        code: 'InvalidArgument',
        status: 400,
        message: 'Part number must be an integer between 1 and 10000, inclusive',
      });
    }
  });

  test('wrong lists: order, unknown parts, wrong ETags, none at all', async () => {
    const Bucket = await site.bucket();
    const upload = await create(Bucket);
    const one = await uploadPart(upload, 1, bodyOf(partSize));
    const two = await uploadPart(upload, 2, bodyOf(10));
    await refused(complete(upload, [two, one]), { code: 'InvalidPartOrder', status: 400 });
    await refused(complete(upload, [one, one]), { code: 'InvalidPartOrder', status: 400 });
    const absent = { ...two, PartNumber: 3 };
    await refused(complete(upload, [one, two, absent]), { code: 'InvalidPart', status: 400 });
    const wrong = { ...two, ETag: one.ETag };
    await refused(complete(upload, [one, wrong]), { code: 'InvalidPart', status: 400 });
    await refused(complete(upload, []), { code: 'MalformedXML', status: 400 });
    await complete(upload, [one, { ...two, ETag: (two.ETag ?? '').replaceAll('"', '') }]);
  });

  test('an upload is its key’s and its bucket’s only', async () => {
    const Bucket = await site.bucket();
    const upload = await create(Bucket);
    const wrong: readonly Upload[] = [
      { ...upload, Key: 'other' },
      { ...upload, Bucket: await site.bucket() },
      { ...upload, UploadId: 'no-upload' },
      { ...upload, UploadId: `${upload.UploadId}x` },
    ];
    for (const one of wrong) {
      await refused(uploadPart(one, 1, bodyOf(10)), noSuchUpload);
      await refused(complete(one, [{ PartNumber: 1, ETag: '"x"' }]), noSuchUpload);
      await refused(site.s3.send(new ListPartsCommand(one)), noSuchUpload);
      await refused(site.s3.send(new AbortMultipartUploadCommand(one)), noSuchUpload);
    }
  });

  test('what is not given is refused at the creation', async () => {
    const Bucket = await site.bucket();
    const name = { Bucket, Key: 'k' };
    for (const [given, code] of [
      [{ ServerSideEncryption: 'aws:kms' }, 'NotImplemented'],
      [{ ACL: 'public-read' }, 'AccessControlListNotSupported'],
      [{ StorageClass: 'GLACIER' }, 'NotImplemented'],
      [{ ObjectLockLegalHoldStatus: 'ON' }, 'NotImplemented'],
      [{ ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }, 'InvalidRequest'],
      [{ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }, 'InvalidRequest'],
    ] as const) {
      const sent = site.s3.send(new CreateMultipartUploadCommand({ ...name, ...given }));
      await refused(sent, { code, status: code === 'NotImplemented' ? 501 : 400 });
    }
    const { Uploads = [] } = await site.s3.send(new ListMultipartUploadsCommand({ Bucket }));
    assert.deepEqual(Uploads, []);
  });
}

function listTests(site: Site, { create, uploadPart }: Steps): void {
  test('ListParts pages by part-number-marker and names owner and initiator', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const name = { Bucket, Key: 'k ü' };
    const created = new CreateMultipartUploadCommand({ ...name, ChecksumAlgorithm: 'CRC32' });
    const upload = { ...name, UploadId: (await s3.send(created)).UploadId };
    const bodies = [2, 3, 5, 8, 9999].map((number) => [number, bodyOf(number)] as const);
    for (const [number, body] of bodies) await uploadPart(upload, number, body);
    const seen: (number | undefined)[] = [];
    let PartNumberMarker: string | undefined;
    for (;;) {
      const command = new ListPartsCommand({ ...upload, MaxParts: 2, PartNumberMarker });
      const page = await s3.send(command);
      assert.equal(page.Key, 'k ü');
      assert.equal(page.MaxParts, 2);
      assert.equal(page.StorageClass, 'STANDARD');
      assert.equal(page.Owner?.ID, page.Initiator?.ID);
      assert.equal(page.ChecksumAlgorithm, 'CRC32');
      for (const part of page.Parts ?? []) {
        assert.equal(part.Size, part.PartNumber);
        assert.ok(part.ChecksumCRC32 !== undefined && part.LastModified !== undefined);
        seen.push(part.PartNumber);
      }
      if (page.IsTruncated !== true) break;
      PartNumberMarker = page.NextPartNumberMarker;
    }
    assert.deepEqual(seen, [2, 3, 5, 8, 9999]);
  });

  test('row 30: uploads are listed until they end, by key and then by age', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const uploads: Upload[] = [];
    for (const key of ['b', 'a', 'b', 'c/1', 'c/2']) uploads.push(await create(Bucket, key));
    const all = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    const ids = [1, 0, 2, 3, 4].map((index) => uploads[index]?.UploadId);
    assert.deepEqual(
      all.Uploads?.map(({ UploadId }) => UploadId),
      ids,
    );
    const grouped = await s3.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: '/' }));
    assert.deepEqual(grouped.CommonPrefixes, [{ Prefix: 'c/' }]);
    assert.equal(grouped.Uploads?.length, 3);
    const seen: (string | undefined)[] = [];
    let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (;;) {
      const command = new ListMultipartUploadsCommand({ Bucket, MaxUploads: 2, ...markers });
      const page = await s3.send(command);
      seen.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
      if (page.IsTruncated !== true) break;
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
    assert.deepEqual(seen, ids);
    await s3.send(new AbortMultipartUploadCommand(uploads[0] as Upload));
    const less = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'b' }));
    assert.deepEqual(
      less.Uploads?.map(({ UploadId }) => UploadId),
      [uploads[2]?.UploadId],
    );
  });
}

function endTests(site: Site, { create, uploadPart, complete }: Steps): void {
  test('row 10: a repeated Complete is answered as the first was; another list is not', async () => {
    const Bucket = await site.bucket();
    const upload = await create(Bucket);
    const part = await uploadPart(upload, 1, bodyOf(20_000));
    const first = await complete(upload, [part]);
    const second = await complete(upload, [part]);
    assert.equal(second.ETag, first.ETag);
    const other = { PartNumber: 1, ETag: '"00000000000000000000000000000000"' };
    await refused(complete(upload, [other]), noSuchUpload);
    await refused(uploadPart(upload, 2, bodyOf(10)), noSuchUpload);
  });

  test('row 10: Completes at once make one object', async () => {
    const Bucket = await site.bucket();
    const upload = await create(Bucket);
    const part = await uploadPart(upload, 1, bodyOf(20_000));
    const done = await Promise.all([1, 2, 3, 4].map(() => complete(upload, [part])));
    assert.equal(new Set(done.map(({ ETag }) => ETag)).size, 1);
  });

  test('an aborted upload is gone with its parts', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const upload = await create(Bucket);
    const part = await uploadPart(upload, 1, bodyOf(50_000));
    const reply = await exchange(s3, new AbortMultipartUploadCommand(upload));
    assert.equal(reply.status, 204);
    await refused(complete(upload, [part]), noSuchUpload);
    await refused(s3.send(new AbortMultipartUploadCommand(upload)), noSuchUpload);
  });
}
