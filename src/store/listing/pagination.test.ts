/** What pages promise while others write, and at the edges of what a client may ask. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  type ModelVersion,
  bucketOfRows,
  putKey,
  putUpload,
  removeKey,
  writeRows,
} from '../../../tests/listing-model.ts';
import { randomId } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Rows } from '../../rows/rows.ts';
import type { ListQuery } from '../listing.ts';
import { encodeUploadId } from '../upload-id.ts';
import { encodeVersionId } from '../version-id.ts';
import { createListing } from './create-listing.ts';

const listing = createListing();
const all: ListQuery = { bucket: 'b', prefix: '', delimiter: '', limit: 1000 };

function version(ordinal: number, facts: Partial<ModelVersion> = {}): ModelVersion {
  return { ordinal, id: randomId(), marker: false, null: false, ...facts };
}

const letter = fc.constantFrom('a', '/', 'z', '\0', '😀');
const key = fc.array(letter, { minLength: 1, maxLength: 4 }).map((letters) => letters.join(''));
const keys = (maxLength: number) => fc.uniqueArray(key, { maxLength });

test('a key that is there throughout is listed exactly once, whatever comes and goes', async () => {
  await fc.assert(
    fc.asyncProperty(
      keys(8),
      fc.array(keys(6), { minLength: 1, maxLength: 8 }),
      fc.record({
        delimiter: fc.constantFrom('', '/', '\0'),
        limit: fc.integer({ min: 1, max: 3 }),
      }),
      async (kept, waves, asked) => {
        const rows = await bucketOfRows();
        const one = [version(1)];
        await writeRows(rows, (inside) => {
          for (const name of kept) putKey(inside, name, one);
        });
        const seen: string[] = [];
        let present: readonly string[] = [];
        let after: string | undefined;
        for (let wave = 0, more = true; more; wave++) {
          const next = (waves[wave % waves.length] ?? []).filter((name) => !kept.includes(name));
          await writeRows(rows, (inside) => {
            for (const name of present) removeKey(inside, name, one);
            for (const name of next) putKey(inside, name, one);
          });
          present = next;
          using view = rows.view();
          const place = after === undefined ? {} : { after };
          const page = await listing.objects(view, { ...all, ...asked, ...place });
          seen.push(...page.objects.map((object) => object.key), ...page.commonPrefixes);
          more = page.truncated;
          after = page.last;
        }
        assert.equal(new Set(seen).size, seen.length, 'nothing twice');
        for (const name of kept) {
          const at = asked.delimiter === '' ? -1 : name.indexOf(asked.delimiter);
          const shown = at < 0 ? name : name.slice(0, at + 1);
          assert.ok(seen.includes(shown), JSON.stringify(name));
        }
      },
    ),
    { numRuns: 150 },
  );
});

async function oneKey(versions: readonly ModelVersion[]): Promise<Rows> {
  const rows = await bucketOfRows();
  await writeRows(rows, (inside) => {
    putKey(inside, 'k', versions);
    putKey(inside, 'l', [version(1)]);
  });
  return rows;
}

test('a page of versions goes on behind a version that is gone, and behind `null`', async () => {
  const versions = [version(4), version(3, { null: true }), version(2), version(1)];
  const rows = await oneKey(versions);
  const from = async (versionIdMarker: string, more: Partial<ListQuery> = {}) => {
    using view = rows.view();
    const page = await listing.versions(view, { ...all, ...more, keyMarker: 'k', versionIdMarker });
    return page.versions.map((one) => `${one.key}${one.size}${one.latest ? ' latest' : ''}`);
  };
  const behindThree = ['k2', 'k1', 'l1 latest'];
  const gone = encodeVersionId({ ordinal: 3, id: randomId() });
  const never = encodeVersionId({ ordinal: 9, id: randomId() });
  for (const delimiter of ['', '/']) {
    assert.deepEqual(await from('null', { delimiter }), behindThree);
    assert.deepEqual(await from(gone, { delimiter }), behindThree);
    assert.deepEqual((await from(never, { delimiter }))[0], 'k4 latest');
  }
  // Rolled up under `k` the rest of the key is a common prefix; nothing rolls up at its end.
  assert.deepEqual(await from(gone, { delimiter: 'k' }), ['l1 latest']);
  using view = rows.view();
  const end = encodeVersionId({ ordinal: 1, id: randomId() });
  const marked = { ...all, delimiter: 'k', keyMarker: 'k', versionIdMarker: end };
  assert.deepEqual((await listing.versions(view, marked)).commonPrefixes, []);
  await assert.rejects(
    listing.versions(view, { ...all, keyMarker: 'k', versionIdMarker: 'x' }),
    (error) => error instanceof Refusal && error.code === 'InvalidArgument',
  );
});

test('the null version is named by its place where the next page begins', async () => {
  const versions = [version(2, { null: true }), version(1)];
  const rows = await oneKey(versions);
  using view = rows.view();
  const page = await listing.versions(view, { ...all, limit: 1 });
  assert.equal(page.versions[0]?.versionId, 'null');
  assert.equal(page.nextVersionIdMarker, versions[0] && encodeVersionId(versions[0]));
});

test('what is shown is what the rows say', async () => {
  const rows = await oneKey([version(7)]);
  const uploadId = randomId();
  await writeRows(rows, (inside) => {
    putUpload(inside, { key: 'k', created: 5_000, uploadId });
  });
  using view = rows.view();
  const [object] = (await listing.objects(view, all)).objects;
  const facts = {
    key: 'k',
    size: 7,
    etag: 'e',
    modified: new Date(7000),
    checksum: { algorithm: 'CRC32', type: 'FULL_OBJECT' },
  };
  assert.deepEqual(object, facts);
  const [shown] = (await listing.versions(view, all)).versions;
  assert.deepEqual(
    { ...shown, versionId: '' },
    { ...facts, versionId: '', latest: true, deleteMarker: false },
  );
  assert.deepEqual((await listing.uploads(view, all)).uploads, [
    {
      key: 'k',
      uploadId: encodeUploadId({ created: 5_000, id: uploadId }),
      initiated: new Date(5_000),
      account: '123456789012',
      initiator: { id: 'arn:aws:iam::123456789012:root', displayName: 'root' },
      protection: 'SSE-S3',
      checksum: { algorithm: 'SHA256', type: 'COMPOSITE' },
      requestHeaders: { 'x-amz-acl': 'private' },
    },
  ]);
});

test('a page of nothing is not truncated, and no such bucket is said', async () => {
  const rows = await oneKey([version(1)]);
  using view = rows.view();
  for (const list of Object.values(listing) as (typeof listing.versions)[]) {
    const page = await list(view, { ...all, limit: 0, keyMarker: 'k', versionIdMarker: 'null' });
    assert.equal(page.truncated, false);
    assert.deepEqual(page.commonPrefixes, []);
    await assert.rejects(
      list(view, { ...all, bucket: 'none' }),
      (error) => error instanceof Refusal && error.code === 'NoSuchBucket',
    );
  }
});

test('prefixes, delimiters and markers of any length are only above or below', async () => {
  const rows = await bucketOfRows();
  const longest = '\0'.repeat(1024);
  await writeRows(rows, (inside) => {
    putKey(inside, longest, [version(1)]);
    putKey(inside, 'b', [version(1)]);
  });
  using view = rows.view();
  const names = async (query: object): Promise<string[]> => {
    const page = await listing.versions(view, { ...all, ...query });
    const { keyMarker: after = '', ...rest } = query as { keyMarker?: string };
    const objects = await listing.objects(view, { ...all, ...rest, after });
    await listing.uploads(view, { ...all, ...query });
    const found = page.versions.map((one) => one.key);
    assert.deepEqual(
      objects.objects.map((one) => one.key),
      found,
    );
    return found;
  };
  const long = 'a'.repeat(10_000);
  const versionIdMarker = encodeVersionId({ ordinal: 1, id: randomId() });
  for (const delimiter of ['', long, '/']) {
    assert.deepEqual(await names({ delimiter }), [longest, 'b']);
    assert.deepEqual(await names({ delimiter, prefix: longest }), [longest]);
    assert.deepEqual(await names({ delimiter, prefix: long }), []);
    assert.deepEqual(await names({ delimiter, keyMarker: longest }), ['b']);
    assert.deepEqual(await names({ delimiter, keyMarker: long }), ['b']);
    assert.deepEqual(await names({ delimiter, keyMarker: `/${long}`, prefix: '' }), ['b']);
    const marked = await listing.versions(view, { ...all, keyMarker: long, versionIdMarker });
    assert.deepEqual(
      marked.versions.map((one) => one.key),
      ['b'],
    );
  }
});

test('thousands of delete markers are skipped, and make no common prefix', async () => {
  const rows = await bucketOfRows();
  const dead = [version(2, { marker: true }), version(1)];
  for (let batch = 0; batch < 5; batch++) {
    await writeRows(rows, (inside) => {
      for (let n = 0; n < 500; n++) putKey(inside, `d/${batch}${n}`, dead);
      putKey(inside, 'e/1', [version(1)]);
      putKey(inside, 'f', [version(1)]);
    });
  }
  using view = rows.view();
  const flat = await listing.objects(view, { ...all, limit: 1 });
  assert.deepEqual([flat.objects[0]?.key, flat.truncated], ['e/1', true]);
  const grouped = await listing.objects(view, { ...all, delimiter: '/' });
  assert.deepEqual(grouped.commonPrefixes, ['e/']);
  assert.deepEqual(
    grouped.objects.map((one) => one.key),
    ['f'],
  );
  const versions = await listing.versions(view, { ...all, delimiter: '/' });
  assert.deepEqual(versions.commonPrefixes, ['d/', 'e/']);
});
