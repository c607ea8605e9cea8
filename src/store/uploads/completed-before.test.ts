import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketName, memoryStore, plainPut } from '../../../tests/store-fixture.ts';
import { begin, listOf, plainPart, plainUpload, uploadsOf } from '../../../tests/upload-fixture.ts';
import { assertWhole } from '../../../tests/whole-store.ts';
import type { Written } from '../objects.ts';

async function completedUpload(versioning?: 'enabled' | 'suspended') {
  const opened = await memoryStore();
  if (versioning !== undefined) await opened.store.buckets.change(bucketName, { versioning });
  const uploads = uploadsOf(opened);
  const name = await begin(uploads, plainUpload('key'));
  const one = await uploads.putPart(plainPart(name, 1, 'one'));
  const two = await uploads.putPart(plainPart(name, 2, 'two'));
  const input = { ...name, parts: listOf(two) };
  return { opened, uploads, input, one, written: await uploads.complete(input) };
}

/** What an answer shows: everything but the size. */
function shown({ etag, versionId, protection, checksum, modified }: Written) {
  return { etag, versionId, protection, checksum, modified };
}

test('the same list is answered the same, again and again', async () => {
  for (const versioning of [undefined, 'enabled', 'suspended'] as const) {
    const { opened, uploads, input, written } = await completedUpload(versioning);
    await using _ = opened;
    assert.deepEqual(await uploads.complete(input), written);
    const { checksum } = written;
    assert.ok(checksum);
    assert.deepEqual(await uploads.complete({ ...input, checksum }), written);
    await assert.rejects(uploads.complete({ ...input, checksum: { ...checksum, value: '' } }), {
      code: 'BadDigest',
    });
    assert.equal((await assertWhole(opened)).versions, 1);
  }
});

test('it is answered whatever became of the object', async () => {
  for (const versioning of [undefined, 'enabled'] as const) {
    const { opened, uploads, input, written } = await completedUpload(versioning);
    await using _ = opened;
    await opened.store.objects.put(plainPut('key', 'something else'));
    assert.deepEqual(shown(await uploads.complete(input)), shown(written));
    const { versionId } = written;
    const object = { bucket: bucketName, key: 'key' };
    await opened.store.objects.delete(versionId === undefined ? object : { ...object, versionId });
    assert.deepEqual(shown(await uploads.complete(input)), shown(written));
  }
});

test('another list, key or id is no upload', async () => {
  const { opened, uploads, input, one } = await completedUpload();
  await using _ = opened;
  const other = await begin(uploads, plainUpload('key'));
  await uploads.abort(other);
  for (const wrong of [
    { ...input, parts: listOf(one) },
    { ...input, parts: [...listOf(one), ...input.parts] },
    { ...input, parts: [] },
    { ...input, key: 'other' },
    { ...input, uploadId: other.uploadId },
    { ...input, uploadId: 'x' },
  ]) {
    await assert.rejects(uploads.complete(wrong), { code: 'NoSuchUpload' });
  }
});
