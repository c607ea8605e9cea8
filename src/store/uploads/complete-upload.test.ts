import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketName, memoryStore, readObject } from '../../../tests/store-fixture.ts';
import {
  begin,
  etagOfParts,
  listOf,
  partBytes,
  plainPart,
  plainUpload,
  uploadsOf,
} from '../../../tests/upload-fixture.ts';
import { assertWhole } from '../../../tests/whole-store.ts';
import { checksumOf } from '../checksums/digests.ts';

const first = Buffer.alloc(partBytes, 'a');
const last = Buffer.from('the end');

test('an object is made of its parts', async () => {
  await using opened = await memoryStore();
  const { store } = opened;
  const uploads = uploadsOf(opened);
  const facts = { contentType: 'text/plain', meta: { a: 'b' }, tags: [['t', 'u']] as const };
  const name = await begin(uploads, plainUpload('key', { facts }));
  const two = await uploads.putPart(plainPart(name, 2, last));
  const one = await uploads.putPart(plainPart(name, 1, first));
  const written = await uploads.complete({ ...name, parts: listOf(one, two) });
  const whole = Buffer.concat([first, last]);
  const value = checksumOf(whole, 'CRC64NVME').toString('base64');
  const checksum = { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value } as const;
  assert.deepEqual(written, {
    etag: etagOfParts(first, last),
    size: whole.length,
    versionId: undefined,
    protection: 'SSE-S3',
    checksum,
    modified: written.modified,
  });
  assert.ok((await readObject(store, 'key')).equals(whole));
  const range = { start: partBytes - 2, end: partBytes + 3 };
  assert.equal((await readObject(store, 'key', { range })).toString(), 'aathe');
  using view = store.view();
  const { version } = await store.objects.open(view, { bucket: bucketName, key: 'key' });
  assert.equal(version.partsCount, 2);
  assert.deepEqual(
    [version.contentType, version.meta, version.tags],
    [facts.contentType, facts.meta, facts.tags],
  );
  await assert.rejects(uploads.get(view, name), { code: 'NoSuchUpload' });
  const { orphans } = await assertWhole(opened);
  assert.equal(orphans.size, 0);
});
