/** Versioning: enabled, suspended, null versions, delete markers, versionId everywhere (row 17). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { bodyOf, type Site } from './site.ts';
import { bytesOf, codeOf, exchange, refused } from './wire.ts';

export function versioningSuite(site: Site): void {
  describe('versioning', () => {
    stateTests(site);
    markerTests(site);
    suspendedTests(site);
    everywhereTests(site);
    listTests(site);
  });
}

const setVersioning = (site: Site, Bucket: string, Status: 'Enabled' | 'Suspended') =>
  site.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

async function versionedBucket(site: Site): Promise<string> {
  const Bucket = await site.bucket();
  await setVersioning(site, Bucket, 'Enabled');
  return Bucket;
}

const put = async (site: Site, Bucket: string, Key: string, Body: string) => {
  const { VersionId } = await site.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  return VersionId;
};

/** `body` of a version, `marker` of a delete marker; newest first within a key. */
async function historyOf(site: Site, Bucket: string): Promise<string[]> {
  const page = await site.s3.send(new ListObjectVersionsCommand({ Bucket }));
  const entries = [
    ...(page.Versions ?? []).map(({ VersionId, IsLatest, Size }) => ({
      id: VersionId === 'null' ? 'null' : 'id',
      IsLatest,
      what: `${Size}`,
    })),
    ...(page.DeleteMarkers ?? []).map(({ VersionId, IsLatest }) => ({
      id: VersionId === 'null' ? 'null' : 'id',
      IsLatest,
      what: 'marker',
    })),
  ];
  return entries.map(({ id, IsLatest, what }) => `${what} ${id}${IsLatest ? ' latest' : ''}`);
}

function stateTests(site: Site): void {
  test('a bucket is unversioned, enabled or suspended, and never unversioned again', async () => {
    const Bucket = await site.bucket();
    const state = async () => {
      const reply = await exchange(site.s3, new GetBucketVersioningCommand({ Bucket }));
      return /<Status>(\w+)<\/Status>/.exec(reply.text)?.[1];
    };
    assert.equal(await state(), undefined);
    assert.equal(await put(site, Bucket, 'k', 'a'), undefined);
    await setVersioning(site, Bucket, 'Enabled');
    assert.equal(await state(), 'Enabled');
    await setVersioning(site, Bucket, 'Suspended');
    assert.equal(await state(), 'Suspended');
    await refused(setVersioning(site, Bucket, 'Off' as 'Enabled'), {
      code: 'MalformedXML',
      status: 400,
    });
    const mfa = new PutBucketVersioningCommand({
      Bucket,
      MFA: 'serial 123456',
      VersioningConfiguration: { Status: 'Enabled', MFADelete: 'Enabled' },
    });
    await refused(site.s3.send(mfa), { code: 'NotImplemented', status: 501 });
  });

  test('what was there before is the version null; new ones keep it', async () => {
    const Bucket = await site.bucket();
    await put(site, Bucket, 'k', 'old');
    await setVersioning(site, Bucket, 'Enabled');
    const first = await put(site, Bucket, 'k', 'newer');
    assert.match(first ?? '', /^[A-Za-z0-9._-]{16,}$/);
    assert.deepEqual(await historyOf(site, Bucket), ['5 id latest', '3 null']);
    const old = await site.s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: 'null' }));
    assert.equal((await bytesOf(old)).toString(), 'old');
    assert.equal(old.VersionId, 'null');
  });
}

function markerTests(site: Site): void {
  test('row 17: DELETE makes a marker; GET of the key is 404, of the marker 405', async () => {
    const { s3 } = site;
    const Bucket = await versionedBucket(site);
    const name = { Bucket, Key: 'k' };
    const version = await put(site, Bucket, 'k', 'a');
    const deleted = await s3.send(new DeleteObjectCommand(name));
    assert.equal(deleted.DeleteMarker, true);
    const VersionId = deleted.VersionId ?? '';
    for (const [what, named] of [
      ['key', {}],
      ['marker', { VersionId }],
    ] as const) {
      const got = await exchange(s3, new GetObjectCommand({ ...name, ...named }));
      const head = await exchange(s3, new HeadObjectCommand({ ...name, ...named }));
      const status = what === 'key' ? 404 : 405;
      const code = what === 'key' ? 'NoSuchKey' : 'MethodNotAllowed';
      assert.deepEqual([got.status, codeOf(got), head.status], [status, code, status]);
      for (const { headers } of [got, head]) {
        assert.equal(headers['x-amz-delete-marker'], 'true');
        assert.equal(headers['x-amz-version-id'], VersionId);
        assert.equal(headers['allow'], what === 'key' ? undefined : 'DELETE');
        assert.equal(headers['last-modified'] !== undefined, what === 'marker');
      }
    }
    assert.equal((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount, 0);
    const gone = await s3.send(new DeleteObjectCommand({ ...name, VersionId }));
    assert.deepEqual([gone.DeleteMarker, gone.VersionId], [true, VersionId]);
    assert.equal((await s3.send(new GetObjectCommand(name))).VersionId, version);
  });

  test('a marker on nothing, and markers upon markers', async () => {
    const { s3 } = site;
    const Bucket = await versionedBucket(site);
    for (const _ of [1, 2]) await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    assert.deepEqual(await historyOf(site, Bucket), ['marker id latest', 'marker id']);
    await refused(s3.send(new DeleteBucketCommand({ Bucket })), {
      code: 'BucketNotEmpty',
      status: 409,
    });
  });

  test('removing the newest version brings back the one before', async () => {
    const { s3 } = site;
    const Bucket = await versionedBucket(site);
    const ids = [];
    for (const body of ['1', '22', '333']) ids.push(await put(site, Bucket, 'k', body));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: ids[2] }));
    assert.deepEqual(await historyOf(site, Bucket), ['2 id latest', '1 id']);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: ids[0] }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: ids[1] }));
    assert.deepEqual(await historyOf(site, Bucket), []);
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });
}

function suspendedTests(site: Site): void {
  test('suspended: writes and deletes replace the null version and keep the others', async () => {
    const { s3 } = site;
    const Bucket = await versionedBucket(site);
    const kept = await put(site, Bucket, 'k', '1');
    await setVersioning(site, Bucket, 'Suspended');
    assert.equal(await put(site, Bucket, 'k', '22'), 'null');
    assert.equal(await put(site, Bucket, 'k', '333'), 'null');
    assert.deepEqual(await historyOf(site, Bucket), ['3 null latest', '1 id']);
    const marked = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    assert.deepEqual([marked.DeleteMarker, marked.VersionId], [true, 'null']);
    assert.deepEqual(await historyOf(site, Bucket), ['1 id', 'marker null latest']);
    await setVersioning(site, Bucket, 'Enabled');
    assert.notEqual(await put(site, Bucket, 'k', '4444'), 'null');
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: kept }));
    assert.equal((await bytesOf(got)).toString(), '1');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: 'null' }));
    assert.deepEqual(await historyOf(site, Bucket), ['4 id latest', '1 id']);
  });
}

function everywhereTests(site: Site): void {
  test('versionId on every operation of an object', async () => {
    const { s3 } = site;
    const Bucket = await versionedBucket(site);
    const name = { Bucket, Key: 'k' };
    const VersionId = await put(site, Bucket, 'k', 'first');
    await put(site, Bucket, 'k', 'second one');
    const old = { ...name, VersionId };
    assert.equal((await s3.send(new HeadObjectCommand(old))).ContentLength, 5);
    assert.equal((await s3.send(new HeadObjectCommand(name))).ContentLength, 10);
    const TagSet = [{ Key: 'of', Value: 'old' }];
    const tagged = await s3.send(new PutObjectTaggingCommand({ ...old, Tagging: { TagSet } }));
    assert.equal(tagged.VersionId, VersionId);
    assert.deepEqual((await s3.send(new GetObjectTaggingCommand(old))).TagSet, TagSet);
    assert.deepEqual((await s3.send(new GetObjectTaggingCommand(name))).TagSet, []);
    const asked = { ...old, ObjectAttributes: ['ObjectSize' as const] };
    const attributes = await s3.send(new GetObjectAttributesCommand(asked));
    assert.deepEqual([attributes.ObjectSize, attributes.VersionId], [5, VersionId]);
    const range = await s3.send(new GetObjectCommand({ ...old, Range: 'bytes=1-2' }));
    assert.equal((await bytesOf(range)).toString(), 'ir');
  });

  test('a version that is not there, is none, or is another key’s', async () => {
    const { s3 } = site;
    const Bucket = await versionedBucket(site);
    const id = (await put(site, Bucket, 'k', 'a')) ?? '';
    const other = (await put(site, Bucket, 'other', 'b')) ?? '';
    const flipped = `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`;
    for (const VersionId of [other, flipped, 'null']) {
      const reply = await exchange(s3, new GetObjectCommand({ Bucket, Key: 'k', VersionId }));
      assert.deepEqual([reply.status, codeOf(reply)], [404, 'NoSuchVersion'], VersionId);
    }
    const none = s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: 'not an id' }));
    await refused(none, {
      code: 'InvalidArgument',
      status: 400,
      message: 'Invalid version id specified',
    });
    // Deleting a version that is not there is no error, and deletes nothing.
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: other }));
    assert.equal((await historyOf(site, Bucket)).length, 2);
  });

  test('a write that names a version is refused, not made', async () => {
    const { s3 } = site;
    const Bucket = await versionedBucket(site);
    const command = new PutObjectCommand({ Bucket, Key: 'k', Body: 'a' });
    const reply = await exchange(s3, command, { query: { versionId: 'null' } });
    assert.equal(reply.status, 400);
    assert.deepEqual(await historyOf(site, Bucket), []);
  });
}

function listTests(site: Site): void {
  test('ListObjectVersions pages by key and version, newest first, markers among them', async () => {
    const { s3 } = site;
    const Bucket = await versionedBucket(site);
    const order: (string | undefined)[] = [];
    for (const key of ['a', 'b/1', 'b/2', 'ü']) {
      const ids = [await put(site, Bucket, key, '1'), await put(site, Bucket, key, '22')];
      const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
      order.push(marker.VersionId, ids[1], ids[0]);
    }
    for (const MaxKeys of [1, 2, 5, 1000]) {
      const seen: (string | undefined)[] = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
      for (;;) {
        const command = new ListObjectVersionsCommand({ Bucket, MaxKeys, ...markers });
        const reply = await exchange(s3, command);
        // The SDK parts versions and markers; the document has them in order.
        seen.push(...[...reply.text.matchAll(/<VersionId>([^<]+)</g)].map((match) => match[1]));
        if (!reply.text.includes('<IsTruncated>true<')) break;
        markers = {
          KeyMarker: /<NextKeyMarker>([^<]*)</.exec(reply.text)?.[1],
          VersionIdMarker: /<NextVersionIdMarker>([^<]*)</.exec(reply.text)?.[1],
        };
      }
      assert.deepEqual(seen, order, `pages of ${MaxKeys}`);
    }
    const grouped = { Bucket, Delimiter: '/', Prefix: 'b' };
    const page = await s3.send(new ListObjectVersionsCommand(grouped));
    assert.deepEqual(page.CommonPrefixes, [{ Prefix: 'b/' }]);
    assert.deepEqual(page.Versions ?? [], []);
    const inside = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'b/' }));
    assert.equal(inside.Versions?.length, 4);
    assert.equal(inside.DeleteMarkers?.length, 2);
    const encoded = new ListObjectVersionsCommand({ Bucket, Prefix: 'ü', EncodingType: 'url' });
    assert.ok((await exchange(s3, encoded)).text.includes('<Key>%C3%BC</Key>'));
  });

  test('an unversioned bucket lists its objects as null; a version marker needs a key marker', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: bodyOf(4) }));
    assert.deepEqual(await historyOf(site, Bucket), ['4 null latest']);
    const lone = new ListObjectVersionsCommand({ Bucket, VersionIdMarker: 'null' });
    await refused(s3.send(lone), { code: 'InvalidArgument', status: 400 });
  });

  test('versions written at once in two workers are all kept, in one order', async () => {
    const { s3 } = site;
    const Bucket = await versionedBucket(site);
    const clients = await site.onePerWorker();
    const writers = [...clients, ...clients, ...clients, s3, s3];
    const ids = await Promise.all(
      writers.map(async (client, index) => {
        const command = new PutObjectCommand({ Bucket, Key: 'k', Body: bodyOf(10 + index) });
        return (await client.send(command)).VersionId;
      }),
    );
    assert.equal(new Set(ids).size, writers.length);
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    assert.deepEqual(new Set(Versions.map(({ VersionId }) => VersionId)), new Set(ids));
    assert.equal(Versions.filter(({ IsLatest }) => IsLatest).length, 1);
    const { VersionId } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    assert.equal(VersionId, Versions[0]?.VersionId);
  });
}
