import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketName, memoryStore } from '../../../tests/store-fixture.ts';
import { begin, plainPart, plainUpload, uploadsOf } from '../../../tests/upload-fixture.ts';
import { assertWhole } from '../../../tests/whole-store.ts';
import { createListing } from '../listing/create-listing.ts';

const now = new Date('2026-11-24T10:00:00.123Z');

test('an upload is what its creation said', async () => {
  await using opened = await memoryStore();
  const { store } = opened;
  const uploads = uploadsOf(opened, () => now);
  const checksum = { algorithm: 'SHA1', type: 'COMPOSITE' } as const;
  const requestHeaders = { 'x-amz-server-side-encryption': 'AES256' };
  const more = { checksum, requestHeaders, sse: 'AES256' } as const;
  const made = await uploads.create(plainUpload('key', more));
  const { uploadId } = made;
  const { account, initiator } = plainUpload('key');
  const facts = { account, initiator, protection: 'SSE-S3', checksum, requestHeaders };
  assert.deepEqual(made, { key: 'key', uploadId, initiated: now, ...facts });
  const name = { bucket: bucketName, key: 'key', uploadId };
  using view = store.view();
  assert.deepEqual(await uploads.get(view, name), made);
  assert.deepEqual(await uploads.createHeaders(view, name), requestHeaders);
  const all = { bucket: bucketName, prefix: '', delimiter: '', limit: 10 };
  assert.deepEqual((await createListing().uploads(view, all)).uploads, [made]);
  for (const other of [
    { ...name, key: 'other' },
    { ...name, uploadId: '' },
    { ...name, uploadId: `${uploadId}A` },
    { ...name, uploadId: 'A'.repeat(32) },
  ]) {
    await assert.rejects(uploads.get(view, other), {
      code: 'NoSuchUpload',
      detail: { fields: { UploadId: other.uploadId } },
    });
    assert.equal(await uploads.createHeaders(view, other), undefined);
    await assert.rejects(uploads.abort(other), { code: 'NoSuchUpload' });
  }
  const nowhere = { ...name, bucket: 'nowhere' };
  await assert.rejects(uploads.get(view, nowhere), { code: 'NoSuchBucket' });
  assert.equal(await uploads.createHeaders(view, nowhere), undefined);
});

test('what an object is promised is settled when its upload begins', async () => {
  await using opened = await memoryStore();
  const classic = { account: '111122223333', region: 'us-east-1', mode: 'classic' } as const;
  await opened.store.buckets.create({ name: 'classic', ...classic });
  const uploads = uploadsOf(opened);
  const bare = { ...plainUpload('key'), bucket: 'classic' };
  assert.equal((await uploads.create(bare)).protection, 'none');
  assert.equal((await uploads.create({ ...bare, sse: 'AES256' })).protection, 'SSE-S3');
  const name = await begin(uploads, bare);
  const encryption = { algorithm: 'AES256', bucketKey: false } as const;
  await opened.store.buckets.change('classic', { encryption });
  assert.equal((await uploads.putPart(plainPart(name, 1, 'one'))).protection, 'none');
  assert.equal((await uploads.create(bare)).protection, 'SSE-S3');
});

test('an aborted upload is gone, with its parts', async () => {
  await using opened = await memoryStore();
  const uploads = uploadsOf(opened);
  const name = await begin(uploads, plainUpload('key'));
  const kept = await begin(uploads, plainUpload('key'));
  await uploads.putPart(plainPart(kept, 1, Buffer.alloc(30_000)));
  for (const number of [1, 2, 9]) {
    await uploads.putPart(plainPart(name, number, Buffer.alloc(number * 10_000)));
  }
  await uploads.abort(name);
  const { parts, used, orphans } = await assertWhole(opened);
  assert.deepEqual([parts, used.size, orphans.size], [1, 1, 2]);
  await assert.rejects(uploads.abort(name), { code: 'NoSuchUpload' });
  await assert.rejects(uploads.putPart(plainPart(name, 1, 'x')), { code: 'NoSuchUpload' });
  await assert.rejects(uploads.complete({ ...name, parts: [] }), { code: 'NoSuchUpload' });
});

test('parts are listed by number, in pages', async () => {
  await using opened = await memoryStore();
  const uploads = uploadsOf(opened);
  const name = await begin(uploads, plainUpload('key'));
  const other = await begin(uploads, plainUpload('key'));
  await uploads.putPart(plainPart(other, 3, 'of another upload'));
  const numbers = [10_000, 1, 256, 2, 255, 257];
  for (const number of numbers) await uploads.putPart(plainPart(name, number, `${number}`));
  numbers.sort((a, b) => a - b);
  using view = opened.store.view();
  const page = async (marker: number, limit: number) => {
    const { upload, parts, more } = await uploads.listParts(view, { ...name, marker, limit });
    assert.equal(upload.uploadId, name.uploadId);
    return { numbers: parts.map(({ number }) => number), more };
  };
  for (let limit = 1; limit <= 7; limit++) {
    for (const marker of [0, 1, 2, 3, 255, 256, 9_999]) {
      const rest = numbers.filter((number) => number > marker);
      const expected = { numbers: rest.slice(0, limit), more: rest.length > limit };
      assert.deepEqual(await page(marker, limit), expected);
    }
  }
  const none = { numbers: [], more: false };
  for (const marker of [10_000, 65_535, 65_537, 2 ** 31]) {
    assert.deepEqual(await page(marker, 5), none);
  }
  assert.deepEqual(await page(0, 0), none);
});
