/** Random buckets, queries and pages against a naive model (tests/listing-model.ts). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  type ModelBucket,
  type ModelItem,
  bucketOfRows,
  keysBehind,
  putKey,
  putUpload,
  rolledUp,
  writeRows,
  compareUtf8,
} from '../../../tests/listing-model.ts';
import { randomId } from '../../base/ids.ts';
import type { Rows } from '../../rows/rows.ts';
import { encodeUploadId } from '../upload-id.ts';
import { encodeVersionId } from '../version-id.ts';
import { createListing } from './create-listing.ts';

const listing = createListing();

// Few letters, so that keys nest and share prefixes. Their UTF-8 and UTF-16 orders differ, NUL and
// U+0001 are the bytes that the keys' own encoding uses.
const letter = fc.constantFrom('a', 'b', '/', '\0', '\u0001', 'é', '\uffff', '😀');
const text = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(letter, { minLength, maxLength }).map((letters) => letters.join(''));
const key = text(1, 5);
const query = fc.record({
  prefix: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, text(0, 2)),
  delimiter: fc.oneof(fc.constant(''), fc.constant('/'), text(1, 2)),
  limit: fc.integer({ min: 1, max: 5 }),
});
const marker = fc.option(text(0, 4), { nil: undefined });
const bucket: fc.Arbitrary<ModelBucket> = fc
  .uniqueArray(fc.tuple(key, fc.array(fc.boolean(), { minLength: 1, maxLength: 4 })), {
    selector: ([name]) => name,
    maxLength: 14,
  })
  .map((keys) => new Map(keys.map(([name, markers]) => [name, versionsOf(markers)])));

function versionsOf(markers: readonly boolean[]) {
  const nullAt = markers.length > 2 ? 1 : 0;
  return markers.map((isMarker, index) => ({
    ordinal: (markers.length - index) * 3,
    id: randomId(),
    marker: isMarker,
    null: index === nullAt,
  }));
}

async function rowsOf(model: ModelBucket): Promise<Rows> {
  const rows = await bucketOfRows();
  await writeRows(rows, (inside) => {
    for (const [name, versions] of model) putKey(inside, name, versions);
  });
  return rows;
}

/** In the order of one listing: entries and common prefixes are given apart. */
function merged(names: readonly string[], prefixes: readonly string[], keyOf = same): ModelItem[] {
  const items = [
    ...names.map((item) => ({ key: keyOf(item), item: { item } as ModelItem })),
    ...prefixes.map((prefix) => ({ key: prefix, item: { prefix } as ModelItem })),
  ];
  return items.toSorted((a, b) => compareUtf8(a.key, b.key)).map(({ item }) => item);
}
const same = (name: string): string => name;

test('pages of objects are the model’s, and together they are all of it', async () => {
  await fc.assert(
    fc.asyncProperty(bucket, query, marker, async (model, asked, first) => {
      const rows = await rowsOf(model);
      const live = [...model].filter(([, [top]]) => top?.marker === false).map(([name]) => name);
      const behind = keysBehind(live, first, asked);
      const expected = rolledUp(
        behind.map((name) => ({ key: name, name })),
        asked,
      );
      let after = first;
      for (let at = 0, more = true; more; at += asked.limit) {
        using view = rows.view();
        const page = await listing.objects(view, {
          bucket: 'b',
          ...asked,
          ...(after === undefined ? {} : { after }),
        });
        const names = page.objects.map((object) => object.key);
        assert.deepEqual(merged(names, page.commonPrefixes), expected.slice(at, at + asked.limit));
        more = page.truncated;
        assert.equal(more, expected.length > at + asked.limit, 'truncated');
        assert.ok(!more || page.last !== undefined);
        after = page.last;
      }
    }),
    { numRuns: 200 },
  );
});

test('pages of versions are the model’s, newest first within a key', async () => {
  await fc.assert(
    fc.asyncProperty(bucket, query, marker, async (model, asked, first) => {
      const rows = await rowsOf(model);
      const shown = new Map(
        keysBehind([...model.keys()], first, asked).flatMap((name) =>
          (model.get(name) ?? []).map((version, index) => [
            `${name}${version.null ? 'null' : encodeVersionId(version)}`,
            { key: name, version, latest: index === 0 },
          ]),
        ),
      );
      const expected = rolledUp(
        [...shown].map(([name, { key: its }]) => ({ key: its, name })),
        asked,
      );
      let keyMarker = first;
      let versionIdMarker: string | undefined;
      for (let at = 0, more = true; more; at += asked.limit) {
        using view = rows.view();
        const page = await listing.versions(view, {
          bucket: 'b',
          ...asked,
          ...(keyMarker === undefined ? {} : { keyMarker }),
          ...(versionIdMarker === undefined ? {} : { versionIdMarker }),
        });
        const names = page.versions.map((version) => version.key + version.versionId);
        assert.deepEqual(
          merged(names, page.commonPrefixes, (name) => shown.get(name)?.key ?? name),
          expected.slice(at, at + asked.limit),
        );
        for (const [index, name] of names.entries()) {
          const there = page.versions[index];
          assert.equal(there?.latest, shown.get(name)?.latest, 'latest');
          assert.equal(there?.deleteMarker, shown.get(name)?.version.marker, 'marker');
        }
        more = page.truncated;
        assert.equal(more, expected.length > at + asked.limit, 'truncated');
        assert.equal(more, page.nextKeyMarker !== undefined);
        keyMarker = page.nextKeyMarker;
        versionIdMarker = page.nextVersionIdMarker;
      }
    }),
    { numRuns: 200 },
  );
});

test('pages of uploads are the model’s, by key and then by when they began', async () => {
  const uploads = fc.array(fc.tuple(key, fc.integer({ min: 1, max: 3 })), { maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(uploads, query, marker, async (begun, asked, first) => {
      const rows = await bucketOfRows();
      const all = begun.map(([name, created]) => ({ key: name, created, uploadId: randomId() }));
      await writeRows(rows, (inside) => {
        for (const upload of all) putUpload(inside, upload);
      });
      const order = all.toSorted(
        (a, b) =>
          compareUtf8(a.key, b.key) ||
          a.created - b.created ||
          Buffer.compare(a.uploadId, b.uploadId),
      );
      const behind = new Set(keysBehind([...new Set(all.map((one) => one.key))], first, asked));
      const expected = rolledUp(
        order
          .filter((upload) => behind.has(upload.key))
          .map(({ key: its, created, uploadId: id }) => ({
            key: its,
            name: `${its}${encodeUploadId({ created, id })}`,
          })),
        asked,
      );
      const places = new Map(expected.map((item, index) => [JSON.stringify(item), index]));
      let keyMarker = first;
      let uploadIdMarker: string | undefined;
      for (let at = 0, more = true; more; at += asked.limit) {
        using view = rows.view();
        const page = await listing.uploads(view, {
          bucket: 'b',
          ...asked,
          ...(keyMarker === undefined ? {} : { keyMarker }),
          ...(uploadIdMarker === undefined ? {} : { uploadIdMarker }),
        });
        const items: ModelItem[] = [
          ...page.uploads.map((upload) => ({ item: upload.key + upload.uploadId })),
          ...page.commonPrefixes.map((prefix) => ({ prefix })),
        ];
        const place = (item: ModelItem): number => places.get(JSON.stringify(item)) ?? -1;
        assert.deepEqual(
          items.toSorted((a, b) => place(a) - place(b)),
          expected.slice(at, at + asked.limit),
        );
        more = page.truncated;
        assert.equal(more, expected.length > at + asked.limit, 'truncated');
        keyMarker = page.nextKeyMarker;
        uploadIdMarker = page.nextUploadIdMarker;
      }
    }),
    { numRuns: 200 },
  );
});
