import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type TestStore,
  bucketName,
  memoryStore,
  plainPut,
  readObject,
} from '../../../tests/store-fixture.ts';
import {
  begin,
  etagOfParts,
  listOf,
  md5Of,
  partBytes,
  plainPart,
  plainUpload,
  uploadsOf,
} from '../../../tests/upload-fixture.ts';
import { assertWhole } from '../../../tests/whole-store.ts';
import { checksumOf } from '../checksums/digests.ts';
import type { UploadName, Uploads } from '../uploads.ts';

const first = Buffer.alloc(partBytes, 'a');
const last = Buffer.from('the end');
const whole = Buffer.concat([first, last]);

async function startedUpload(more: Parameters<typeof plainUpload>[1] = {}) {
  const opened = await memoryStore();
  const uploads = uploadsOf(opened);
  return { opened, uploads, name: await begin(uploads, plainUpload('key', more)) };
}

/** An upload of one small part, ready to be completed. */
async function smallUpload(uploads: Uploads, body: string) {
  const name = await begin(uploads, plainUpload('key'));
  const part = await uploads.putPart(plainPart(name, 1, body));
  return { ...name, parts: listOf(part) };
}

async function assertGone({ store }: TestStore, uploads: Uploads, name: UploadName) {
  using view = store.view();
  await assert.rejects(uploads.get(view, name), { code: 'NoSuchUpload' });
  await assert.rejects(uploads.abort(name), { code: 'NoSuchUpload' });
}

test('what an upload was created with is known when its completion is asked for again', async () => {
  const requestHeaders = { 'x-amz-server-side-encryption': 'AES256' };
  const { opened, uploads, name } = await startedUpload({ requestHeaders });
  await using _ = opened;
  const aborted = await begin(uploads, plainUpload('key', { requestHeaders }));
  await uploads.abort(aborted);
  const part = await uploads.putPart(plainPart(name, 1, 'body'));
  await uploads.complete({ ...name, parts: listOf(part) });
  using view = opened.store.view();
  assert.deepEqual(await uploads.createHeaders(view, name), requestHeaders);
  assert.equal(await uploads.createHeaders(view, { ...name, key: 'other' }), undefined);
  assert.equal(await uploads.createHeaders(view, aborted), undefined);
});

test('an object is made of its parts', async () => {
  const facts = { contentType: 'text/plain', meta: { a: 'b' }, tags: [['t', 'u']] as const };
  const { opened, uploads, name } = await startedUpload({ facts });
  await using _ = opened;
  const { store } = opened;
  const two = await uploads.putPart(plainPart(name, 2, last));
  const one = await uploads.putPart(plainPart(name, 1, first));
  const written = await uploads.complete({ ...name, parts: listOf(one, two), size: whole.length });
  const value = checksumOf(whole, 'CRC64NVME').toString('base64');
  const checksum = { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value } as const;
  const etag = etagOfParts(first, last);
  const { modified } = written;
  assert.deepEqual(written, {
    etag,
    size: whole.length,
    versionId: undefined,
    protection: 'SSE-S3',
    checksum,
    modified,
  });
  assert.ok((await readObject(store, 'key')).equals(whole));
  const range = { start: partBytes - 2, end: partBytes + 3 };
  assert.equal((await readObject(store, 'key', { range })).toString(), 'aathe');
  using view = store.view();
  const object = await store.objects.open(view, { bucket: bucketName, key: 'key' });
  assert.deepEqual(object.version, {
    ...facts,
    key: 'key',
    versionId: undefined,
    latest: true,
    size: whole.length,
    etag,
    modified,
    protection: 'SSE-S3',
    checksum,
    partsCount: 2,
  });
  assert.deepEqual(await object.part(2), { start: partBytes, end: whole.length });
  const sum = (body: Buffer) => checksumOf(body, 'CRC64NVME').toString('base64');
  assert.deepEqual((await object.parts(0, 10)).parts, [
    { number: 1, size: partBytes, checksum: sum(first) },
    { number: 2, size: last.length, checksum: sum(last) },
  ]);
  await assertGone(opened, uploads, name);
  assert.equal((await assertWhole(opened)).orphans.size, 0);
});

test('parts that are not listed are trash', async () => {
  const { opened, uploads, name } = await startedUpload();
  await using _ = opened;
  const listed = await uploads.putPart(plainPart(name, 5, Buffer.alloc(40_000, 'x')));
  for (const number of [1, 4, 6]) {
    await uploads.putPart(plainPart(name, number, Buffer.alloc(30_000 + number, 'y')));
  }
  await uploads.putPart(plainPart(name, 7, 'small'));
  const written = await uploads.complete({ ...name, parts: listOf(listed) });
  assert.equal(written.etag, `${md5Of(Buffer.from(listed.etag, 'hex'))}-1`);
  const { used, orphans, parts } = await assertWhole(opened);
  assert.deepEqual([used.size, orphans.size, parts], [1, 3, 0]);
});

test('what is refused changes nothing, and can be mended', async () => {
  const { opened, uploads, name } = await startedUpload();
  await using _ = opened;
  const one = await uploads.putPart(plainPart(name, 1, 'one'));
  const two = await uploads.putPart(plainPart(name, 2, 'two'));
  const good = { ...name, parts: listOf(two) };
  const checksum = { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: 'AAAAAAAAAAA=' } as const;
  const sha1 = { ...checksum, algorithm: 'SHA1' } as const;
  for (const [input, code] of [
    [{ ...good, parts: [] }, 'MalformedXML'],
    [{ ...good, parts: listOf(two, one) }, 'InvalidPartOrder'],
    [{ ...good, parts: listOf(one, two) }, 'EntityTooSmall'],
    [{ ...good, parts: [{ number: 1, etag: two.etag }] }, 'InvalidPart'],
    [{ ...good, parts: [{ number: 3, etag: two.etag }] }, 'InvalidPart'],
    [{ ...good, size: 4 }, 'InvalidRequest'],
    [{ ...good, checksum }, 'BadDigest'],
    [{ ...good, checksum: sha1 }, 'InvalidRequest'],
    [{ ...good, conditions: { ifMatch: '*' } }, 'NoSuchKey'],
    [{ ...good, key: 'other' }, 'NoSuchUpload'],
    [{ ...good, uploadId: 'A'.repeat(32) }, 'NoSuchUpload'],
    [{ ...good, uploadId: 'x' }, 'NoSuchUpload'],
    [{ ...good, bucket: 'nowhere' }, 'NoSuchBucket'],
  ] as const) {
    await assert.rejects(uploads.complete(input), { code });
    const { parts, versions } = await assertWhole(opened);
    assert.deepEqual([parts, versions], [2, 0], code);
  }
  await uploads.complete({ ...good, size: 3, conditions: { ifNoneMatch: '*' } });
  assert.equal((await readObject(opened.store, 'key')).toString(), 'two');
});

test('checksums of parts and of the whole are compared and kept', async () => {
  for (const [algorithm, type] of [
    ['SHA256', 'COMPOSITE'],
    ['CRC32', 'COMPOSITE'],
    ['CRC32C', 'FULL_OBJECT'],
  ] as const) {
    const { opened, uploads, name } = await startedUpload({ checksum: { algorithm, type } });
    await using _ = opened;
    const sum = (body: Uint8Array) => checksumOf(body, algorithm);
    const put = async (number: number, body: Buffer) => {
      const checksum = { algorithm, value: () => sum(body).toString('base64') };
      const part = plainPart(name, number, body);
      return uploads.putPart({ ...part, digests: { checksum } });
    };
    const made = [await put(1, first), await put(2, last)];
    const parts = made.map(({ number, etag, checksums }) => ({ number, etag, checksums }));
    const value =
      type === 'COMPOSITE'
        ? `${sum(Buffer.concat([sum(first), sum(last)])).toString('base64')}-2`
        : sum(whole).toString('base64');
    const checksum = { algorithm, type, value };
    const bare = uploads.complete({ ...name, parts: listOf(...made), checksum });
    if (type === 'COMPOSITE') {
      await assert.rejects(bare, { code: 'InvalidRequest' });
      await assert.rejects(uploads.complete({ ...name, parts: parts.slice(1) }), {
        code: 'InvalidPartOrder',
      });
    } else await bare;
    const written = await uploads.complete({ ...name, parts, checksum });
    assert.deepEqual(written.checksum, checksum);
    using view = opened.store.view();
    const object = await opened.store.objects.open(view, { bucket: bucketName, key: 'key' });
    assert.deepEqual(object.version.checksum, checksum);
    const [part] = (await object.parts(1, 1)).parts;
    assert.deepEqual(part, { number: 2, size: 7, checksum: sum(last).toString('base64') });
  }
});

test('conditions hold for a completion as for a put', async () => {
  await using opened = await memoryStore();
  const uploads = uploadsOf(opened);
  const { etag } = await opened.store.objects.put(plainPut('key', 'before'));
  const input = await smallUpload(uploads, 'after');
  const attempt = (conditions: { ifMatch?: string; ifNoneMatch?: '*' }) =>
    uploads.complete({ ...input, conditions });
  await assert.rejects(attempt({ ifNoneMatch: '*' }), { code: 'PreconditionFailed' });
  await assert.rejects(attempt({ ifMatch: 'other' }), { code: 'PreconditionFailed' });
  const written = await attempt({ ifMatch: etag });
  // The condition does not hold any more; the answer is that of the first time.
  assert.deepEqual(await attempt({ ifMatch: etag }), written);
});

test('an upload completes into the history of its key', async () => {
  await using opened = await memoryStore();
  const { store } = opened;
  const uploads = uploadsOf(opened);
  const read = async (versionId?: string) =>
    (await readObject(store, 'key', versionId === undefined ? {} : { versionId })).toString();
  await store.objects.put(plainPut('key', Buffer.alloc(20_000, 'o')));
  const unversioned = await uploads.complete(await smallUpload(uploads, 'off'));
  assert.equal(unversioned.versionId, undefined);
  assert.equal((await assertWhole(opened)).orphans.size, 1, 'what was replaced is trash');
  await store.buckets.change(bucketName, { versioning: 'enabled' });
  const one = await uploads.complete(await smallUpload(uploads, 'one'));
  const two = await uploads.complete(await smallUpload(uploads, 'two'));
  await store.buckets.change(bucketName, { versioning: 'suspended' });
  assert.deepEqual([await read('null'), await read(one.versionId)], ['off', 'one']);
  const suspended = await uploads.complete(await smallUpload(uploads, 'suspended'));
  assert.equal(suspended.versionId, 'null');
  assert.deepEqual(
    [await read(), await read('null'), await read(two.versionId)],
    ['suspended', 'suspended', 'two'],
  );
  assert.equal((await assertWhole(opened)).versions, 3);
  for (const versionId of ['null', one.versionId, two.versionId]) {
    assert.ok(versionId);
    await store.objects.delete({ bucket: bucketName, key: 'key', versionId });
  }
  const { versions, used } = await assertWhole(opened);
  assert.deepEqual([versions, used.size], [0, 0]);
});
