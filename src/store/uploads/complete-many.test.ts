/** The largest upload S3 allows is completed in one transaction. No bytes: completing reads none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestStore, bucketName, diskStore } from '../../../tests/store-fixture.ts';
import { begin, plainUpload, uploadsOf } from '../../../tests/upload-fixture.ts';
import { randomId } from '../../base/ids.ts';
import { GiB, s3Limits } from '../../base/limits.ts';
import { type PartRow, partRow } from '../../rows/part-row.ts';
import { trashRow } from '../../rows/trash-row.ts';
import { encodeKey, rangeOf } from '../../rows/keyspace.ts';
import { parseUploadId } from '../upload-id.ts';
import type { CompletedPart, UploadName } from '../uploads.ts';

const count = s3Limits.partNumberMax;
const size = 5 * GiB;

/** Rows of parts of 5 GiB whose bytes are nowhere. */
async function plantParts({ rows }: TestStore, { uploadId }: UploadName): Promise<CompletedPart[]> {
  const id = parseUploadId(uploadId)?.id;
  assert.ok(id);
  const parts: CompletedPart[] = [];
  const checksums = { SHA256: Buffer.alloc(32, 's').toString('base64') };
  for (let start = 1; start <= count; start += 1_000) {
    await rows.transact(async (transaction) => {
      const bucket = await transaction.bucket(bucketName);
      assert.ok(bucket);
      const inside = transaction.in(bucket);
      for (let number = start; number < start + 1_000; number++) {
        const etag = number.toString(16).padStart(32, '0');
        const facts = { size, md5: etag, etag, modified: new Date(0), checksums };
        const row: PartRow = { blob: { id: randomId(), file: true }, ...facts };
        inside.put(partRow, { uploadId: id, number }, row);
        parts[number - 1] = { number, etag, checksums };
      }
    });
  }
  return parts;
}

test('ten thousand parts of 5 GiB are one object, made and replaced in one transaction each', async () => {
  await using opened = await diskStore();
  const { store, rows } = opened;
  const uploads = uploadsOf(opened);
  const checksum = { algorithm: 'SHA256', type: 'COMPOSITE' } as const;
  const name = await begin(uploads, plainUpload('key', { checksum }));
  const parts = await plantParts(opened, name);
  const written = await uploads.complete({ ...name, parts });
  assert.deepEqual([written.size, written.etag.slice(32)], [count * size, `-${count}`]);
  assert.deepEqual(await uploads.complete({ ...name, parts }), written);
  {
    using view = store.view();
    const object = await store.objects.open(view, { bucket: bucketName, key: 'key' });
    assert.equal(object.version.partsCount, count);
    const range = { start: (count - 1) * size, end: count * size };
    assert.deepEqual(await object.part(count), range);
    const page = await object.parts(count - 2, 5);
    assert.deepEqual(
      page.parts.map(({ number }) => number),
      [count - 1, count],
    );
  }
  await store.objects.delete({ bucket: bucketName, key: 'key' });
  using view = rows.view();
  const all = { ...rangeOf(encodeKey(trashRow.code)), limit: 2 * count };
  assert.equal((await view.range(trashRow, all)).length, count);
});
