import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestStore, memoryStore, readObject } from '../../../tests/store-fixture.ts';
import {
  begin,
  listOf,
  md5Of,
  plainPart,
  plainUpload,
  uploadsOf,
} from '../../../tests/upload-fixture.ts';
import { assertWhole } from '../../../tests/whole-store.ts';
import type { ChecksumAlgorithm } from '../checksums.ts';
import { checksumOf } from '../checksums/digests.ts';
import type { PartInput, UploadName, Uploads } from '../uploads.ts';

const large = Buffer.alloc(40_000, 'l');
const sum = (bytes: Uint8Array, algorithm: ChecksumAlgorithm): string =>
  checksumOf(bytes, algorithm).toString('base64');

async function startedUpload(more: Parameters<typeof plainUpload>[1] = {}) {
  const opened = await memoryStore();
  const uploads = uploadsOf(opened);
  return { opened, uploads, name: await begin(uploads, plainUpload('key', more)) };
}

async function partsOf({ store }: TestStore, uploads: Uploads, name: UploadName) {
  using view = store.view();
  return (await uploads.listParts(view, { ...name, marker: 0, limit: 1000 })).parts;
}

test('a part is told as it was stored', async () => {
  const { opened, uploads, name } = await startedUpload();
  await using _ = opened;
  for (const [number, bytes] of [
    [1, Buffer.from('small')],
    [10_000, large],
    [7, Buffer.alloc(0)],
  ] as const) {
    const { protection, ...part } = await uploads.putPart(plainPart(name, number, bytes));
    assert.equal(protection, 'SSE-S3');
    const etag = md5Of(bytes);
    const checksums = { CRC64NVME: sum(bytes, 'CRC64NVME') };
    const { modified } = part;
    assert.deepEqual(part, { number, size: bytes.length, etag, modified, checksums });
    const [stored] = (await partsOf(opened, uploads, name)).filter((one) => one.number === number);
    assert.deepEqual(stored, part);
  }
  const { used, parts } = await assertWhole(opened);
  assert.deepEqual([used.size, parts], [1, 3], 'small parts need no file');
});

test('a part takes the place of the one before it, whose bytes are trash at once', async () => {
  const { opened, uploads, name } = await startedUpload();
  await using _ = opened;
  const bodies = [large, Buffer.from('small'), Buffer.alloc(50_000, 'm'), large, Buffer.from('s')];
  for (const body of bodies) await uploads.putPart(plainPart(name, 3, body));
  const [part, ...others] = await partsOf(opened, uploads, name);
  assert.deepEqual([part?.etag, others], [md5Of('s'), []]);
  const { used, orphans } = await assertWhole(opened);
  assert.deepEqual([used.size, orphans.size], [0, 3], 'each attempt was a blob of its own');
});

test('no byte is read of a part whose upload is not there, or does not want it', async () => {
  const { opened, uploads, name } = await startedUpload({
    checksum: { algorithm: 'CRC32', type: 'COMPOSITE' },
  });
  await using _ = opened;
  let read = 0;
  async function* counted() {
    read += 1;
    yield Buffer.from(large);
  }
  const crc32 = { checksum: { algorithm: 'CRC32', value: () => undefined } } as const;
  const sha1 = { checksum: { algorithm: 'SHA1', value: () => undefined } } as const;
  const good: PartInput = { ...plainPart(name, 1), digests: crc32 };
  for (const [input, code] of [
    [{ ...good, key: 'other' }, 'NoSuchUpload'],
    [{ ...good, uploadId: 'x' }, 'NoSuchUpload'],
    [{ ...good, uploadId: 'A'.repeat(32) }, 'NoSuchUpload'],
    [{ ...good, bucket: 'nowhere' }, 'NoSuchBucket'],
    [{ ...good, digests: {} }, 'InvalidRequest'],
    [{ ...good, digests: sha1 }, 'InvalidRequest'],
  ] as const) {
    await assert.rejects(uploads.putPart({ ...input, body: counted() }), { code });
  }
  assert.equal(read, 0);
  await uploads.putPart({ ...good, body: counted() });
  assert.equal(read, 1);
});

test('a part that its digests or its length do not fit leaves nothing', async () => {
  const { opened, uploads, name } = await startedUpload();
  await using _ = opened;
  for (const body of [large, Buffer.from('small')]) {
    const part = plainPart(name, 1, body);
    const checksum = {
      algorithm: 'SHA256',
      value: () => sum(Buffer.from('no'), 'SHA256'),
    } as const;
    for (const [input, code] of [
      [{ ...part, digests: { md5: Buffer.alloc(16) } }, 'BadDigest'],
      [{ ...plainPart(name, 1, body), digests: { checksum } }, 'BadDigest'],
      [{ ...plainPart(name, 1, body), length: body.length + 1 }, 'IncompleteBody'],
    ] as const) {
      await assert.rejects(uploads.putPart(input), { code });
      const { parts, orphans } = await assertWhole(opened);
      assert.deepEqual([parts, orphans.size], [0, 0], code);
    }
  }
});

test('an upload that ends while a part is on its way does not get it', async () => {
  for (const end of ['complete', 'abort'] as const) {
    for (const rest of [large, Buffer.from('small')]) {
      const { opened, uploads, name } = await startedUpload();
      await using _ = opened;
      const first = await uploads.putPart(plainPart(name, 1, 'whole'));
      async function* body() {
        yield Buffer.from('begun, ');
        if (end === 'abort') await uploads.abort(name);
        else await uploads.complete({ ...name, parts: listOf(first) });
        yield Buffer.from(rest);
      }
      const late = uploads.putPart({ ...plainPart(name, 1), body: body() });
      await assert.rejects(late, { code: 'NoSuchUpload' });
      const { parts, orphans, versions } = await assertWhole(opened);
      assert.deepEqual([parts, orphans.size, versions], [0, 0, end === 'complete' ? 1 : 0]);
      if (end === 'complete') {
        assert.equal((await readObject(opened.store, 'key')).toString(), 'whole');
      }
    }
  }
});

test('a bucket made anew under the same name does not get a part of the old one', async () => {
  for (const rest of [large, Buffer.from('small')]) {
    const { opened, uploads, name } = await startedUpload();
    await using _ = opened;
    const { buckets } = opened.store;
    async function* body() {
      yield Buffer.from('begun, ');
      await buckets.delete(name.bucket);
      const facts = { account: '1', region: 'us-east-1', mode: 'modern' } as const;
      await buckets.create({ name: name.bucket, ...facts });
      yield Buffer.from(rest);
    }
    const late = uploads.putPart({ ...plainPart(name, 1), body: body() });
    await assert.rejects(late, { code: 'NoSuchBucket' });
    const { parts, orphans } = await assertWhole(opened);
    assert.deepEqual([parts, orphans.size], [0, 0]);
  }
});

test('parts of an upload that named no algorithm may declare any: it is kept beside the default', async () => {
  const { opened, uploads, name } = await startedUpload();
  await using _ = opened;
  for (const body of [large, Buffer.from('small')]) {
    for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      const checksum = { algorithm, value: () => sum(body, algorithm) };
      const part = await uploads.putPart({ ...plainPart(name, 1, body), digests: { checksum } });
      const expected = { CRC64NVME: sum(body, 'CRC64NVME'), [algorithm]: sum(body, algorithm) };
      assert.deepEqual(part.checksums, expected);
    }
  }
});

test('parts carry the algorithm of their upload, declared where it will be composite', async () => {
  for (const [algorithm, type, undeclared] of [
    ['CRC32', 'COMPOSITE', false],
    ['SHA256', 'COMPOSITE', false],
    ['CRC32', 'FULL_OBJECT', true],
    ['CRC64NVME', 'FULL_OBJECT', true],
  ] as const) {
    const { opened, uploads, name } = await startedUpload({ checksum: { algorithm, type } });
    await using _ = opened;
    const checksum = { algorithm, value: () => sum(large, algorithm) };
    const part = await uploads.putPart({ ...plainPart(name, 1, large), digests: { checksum } });
    assert.deepEqual(part.checksums, { [algorithm]: sum(large, algorithm) });
    const other = { algorithm: 'CRC32C', value: () => sum(large, 'CRC32C') } as const;
    await assert.rejects(
      uploads.putPart({ ...plainPart(name, 1, large), digests: { checksum: other } }),
      {
        code: 'InvalidRequest',
        message: `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: crc32c`,
      },
    );
    const bare = uploads.putPart(plainPart(name, 2, large));
    if (undeclared) assert.deepEqual((await bare).checksums, part.checksums);
    else
      await assert.rejects(bare, { code: 'InvalidRequest', message: /actual checksum Type: null/ });
  }
});
