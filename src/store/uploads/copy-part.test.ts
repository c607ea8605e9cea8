import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GiB } from '../../base/limits.ts';
import { bucketName, memoryStore, plainPut, readObject } from '../../../tests/store-fixture.ts';
import { begin, listOf, md5Of, plainUpload, uploadsOf } from '../../../tests/upload-fixture.ts';
import { assertWhole } from '../../../tests/whole-store.ts';
import { versionRow } from '../../rows/version-row.ts';
import { Refusal } from '../../base/refusal.ts';
import { checksumOf } from '../checksums/digests.ts';
import type { ObjectVersion, PlainRange } from '../objects.ts';

const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
const source = { bucket: bucketName, key: 'source' };

async function storeWithSource() {
  const opened = await memoryStore();
  const uploads = uploadsOf(opened);
  await opened.store.objects.put(plainPut('source', bytes));
  await opened.store.objects.put(plainPut('small', 'a small one'));
  await opened.store.objects.put(plainPut('empty'));
  return { opened, uploads, name: await begin(uploads, plainUpload('key')) };
}

test('a part is an object, or a range of one', async () => {
  const { opened, uploads, name } = await storeWithSource();
  await using _ = opened;
  const small = Buffer.from('a small one');
  const cases: readonly [string, PlainRange | undefined, Buffer][] = [
    ['source', undefined, bytes],
    ['source', { start: 0, end: 100_000 }, bytes],
    ['source', { start: 65_530, end: 65_540 }, bytes.subarray(65_530, 65_540)],
    ['source', { start: 99_999, end: 100_000 }, bytes.subarray(99_999)],
    ['small', undefined, small],
    ['small', { start: 2, end: 7 }, small.subarray(2, 7)],
    ['empty', undefined, Buffer.alloc(0)],
  ];
  for (const [key, range, expected] of cases) {
    const input = { ...name, number: 1, source: { bucket: bucketName, key } };
    const copied = await uploads.copyPart(range === undefined ? input : { ...input, range });
    const { etag, size, sourceVersionId, protection, checksums } = copied;
    assert.deepEqual([etag, size], [md5Of(expected), expected.length]);
    assert.deepEqual([sourceVersionId, protection], [undefined, 'SSE-S3']);
    assert.deepEqual(checksums, {
      CRC64NVME: checksumOf(expected, 'CRC64NVME').toString('base64'),
    });
  }
  const part = await uploads.copyPart({ ...name, number: 1, source });
  await uploads.complete({ ...name, parts: listOf(part) });
  assert.ok((await readObject(opened.store, 'key')).equals(bytes));
  await assertWhole(opened);
});

test('a part may be of the object that the upload will replace, and of a multipart one', async () => {
  const { opened, uploads, name } = await storeWithSource();
  await using _ = opened;
  const first = await uploads.copyPart({ ...name, number: 9, source });
  await uploads.complete({ ...name, parts: listOf(first) });
  const again = await begin(uploads, plainUpload('key'));
  const range = { start: 5, end: 70_000 };
  const self = { bucket: bucketName, key: 'key' };
  const part = await uploads.copyPart({ ...again, number: 1, source: self, range });
  await uploads.complete({ ...again, parts: listOf(part) });
  assert.ok((await readObject(opened.store, 'key')).equals(bytes.subarray(5, 70_000)));
  const { orphans } = await assertWhole(opened);
  assert.equal(orphans.size, 1, 'what was replaced is trash');
});

test('a copy needs no declaration, whatever the checksum will be, and tells the version copied', async () => {
  const { opened, uploads } = await storeWithSource();
  await using _ = opened;
  await opened.store.buckets.change(bucketName, { versioning: 'enabled' });
  const put = await opened.store.objects.put(plainPut('source', 'newer'));
  const checksum = { algorithm: 'SHA256', type: 'COMPOSITE' } as const;
  const name = await begin(uploads, plainUpload('key', { checksum }));
  const newest = await uploads.copyPart({ ...name, number: 1, source });
  assert.equal(newest.sourceVersionId, put.versionId);
  const older = { ...source, versionId: 'null' };
  const part = await uploads.copyPart({ ...name, number: 1, source: older });
  assert.equal(part.sourceVersionId, 'null');
  assert.deepEqual(part.checksums, { SHA256: checksumOf(bytes, 'SHA256').toString('base64') });
});

test('what cannot be copied is refused, and leaves nothing', async () => {
  const { opened, uploads, name } = await storeWithSource();
  await using _ = opened;
  const copy = { ...name, number: 1, source };
  const judged: ObjectVersion[] = [];
  const precondition = (version: ObjectVersion): void => {
    judged.push(version);
    throw new Refusal('PreconditionFailed');
  };
  for (const [input, code] of [
    [{ ...copy, range: { start: 0, end: 100_001 } }, 'InvalidArgument'],
    [{ ...copy, range: { start: 100_000, end: 100_001 } }, 'InvalidArgument'],
    [{ ...copy, source: { ...source, key: 'nothing' } }, 'NoSuchKey'],
    [{ ...copy, source: { ...source, bucket: 'nowhere' } }, 'NoSuchBucket'],
    [{ ...copy, key: 'other' }, 'NoSuchUpload'],
    [{ ...copy, precondition }, 'PreconditionFailed'],
  ] as const) {
    await assert.rejects(uploads.copyPart(input), { code });
  }
  assert.deepEqual([judged.length, judged[0]?.etag], [1, md5Of(bytes)]);
  const { parts, orphans } = await assertWhole(opened);
  assert.deepEqual([parts, orphans.size], [0, 0]);
});

test('a part of more than 5 GiB is refused before it is read', async () => {
  const { opened, uploads, name } = await storeWithSource();
  await using _ = opened;
  await opened.rows.transact(async (transaction) => {
    const bucket = await transaction.bucket(bucketName);
    assert.ok(bucket);
    const inside = transaction.in(bucket);
    const key = { key: 'source', ordinal: 1 };
    const row = await inside.get(versionRow, key);
    assert.ok(row);
    inside.put(versionRow, key, { ...row, size: 6 * GiB });
  });
  const copy = { ...name, number: 1, source };
  await assert.rejects(uploads.copyPart(copy), { code: 'InvalidRequest' });
  const range = { start: 1, end: 5 * GiB + 2 };
  await assert.rejects(uploads.copyPart({ ...copy, range }), { code: 'InvalidRequest' });
});
