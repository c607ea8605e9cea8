/** ListObjects and ListObjectsV2: order, pages, delimiters, encoding (rows 14 and 16). */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { bodyOf, md5Of, type Site } from './site.ts';
import { exchange, refused } from './wire.ts';

/** UTF-8's order is not UTF-16's: U+FFEE comes before U+1F600, whose first unit is D83D. */
const keys = [
  ' ',
  '!a',
  'a',
  'a/b',
  'a/c/d',
  'a/c/e',
  'a0',
  'b/',
  'b/x+y z',
  'é',
  '\uffee',
  '\u{1F600}',
];

export function listObjectsSuite(site: Site): void {
  describe('ListObjects and ListObjectsV2 (row 14)', () => {
    let Bucket = '';
    before(async () => {
      Bucket = await site.bucket();
      for (const Key of keys.toReversed()) {
        await site.s3.send(new PutObjectCommand({ Bucket, Key, Body: bodyOf(10, Key) }));
      }
    });
    const bucket = (): string => Bucket;
    v2Tests(site, bucket);
    v1Tests(site, bucket);
    encodingTests(site, bucket);
    pagingTests(site);
    refusalTests(site, bucket);
  });
}

type Listed = readonly (readonly string[])[];

const decoded = (text = ''): string => decodeURIComponent(text);

function v2Tests(site: Site, bucket: () => string): void {
  const list = async (given: Partial<ListObjectsV2CommandInput> = {}): Promise<Listed> => {
    const asked = { Bucket: bucket(), EncodingType: 'url', ...given } as const;
    const page = await site.s3.send(new ListObjectsV2Command(asked));
    const names = (page.Contents ?? []).map(({ Key }) => decoded(Key));
    const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix }) => decoded(Prefix));
    assert.equal(page.KeyCount, names.length + prefixes.length);
    return [names, prefixes];
  };

  test('row 14: keys come in the order of their UTF-8 bytes', async () => {
    assert.deepEqual(await list(), [keys, []]);
  });

  test('prefixes, delimiters and both', async () => {
    const rest = keys.slice(9);
    assert.deepEqual(await list({ Prefix: 'a/' }), [['a/b', 'a/c/d', 'a/c/e'], []]);
    const top = [' ', '!a', 'a', 'a0', ...rest];
    assert.deepEqual(await list({ Delimiter: '/' }), [top, ['a/', 'b/']]);
    assert.deepEqual(await list({ Delimiter: '/', Prefix: 'a/' }), [['a/b'], ['a/c/']]);
    assert.deepEqual(await list({ Delimiter: '/', Prefix: 'b/' }), [['b/', 'b/x+y z'], []]);
    assert.deepEqual(await list({ Delimiter: '/', Prefix: 'b' }), [[], ['b/']]);
    const long = await list({ Delimiter: '/c/', Prefix: 'a' });
    assert.deepEqual(long, [['a', 'a/b', 'a0'], ['a/c/']]);
    assert.deepEqual(await list({ Prefix: 'zz' }), [[], []]);
    assert.deepEqual(await list({ Delimiter: '\u{1F600}' }), [keys.slice(0, -1), ['\u{1F600}']]);
  });

  test('start-after, also inside a common prefix', async () => {
    assert.deepEqual((await list({ StartAfter: 'a0' }))[0], keys.slice(7));
    assert.deepEqual((await list({ StartAfter: '\uffee' }))[0], ['\u{1F600}']);
    const inside = await list({ StartAfter: 'a/b', Delimiter: '/', Prefix: 'a' });
    assert.deepEqual(inside, [['a0'], ['a/']]);
  });

  test('every page size gives the same list', async () => {
    for (const Delimiter of [undefined, '/']) {
      const whole = await list({ Delimiter });
      for (const MaxKeys of [1, 2, 3, 5]) {
        const names: string[] = [];
        const prefixes: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const asked = { Bucket: bucket(), Delimiter, MaxKeys, ContinuationToken };
          const page = await site.s3.send(new ListObjectsV2Command(asked));
          names.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
          prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix));
          assert.equal(page.MaxKeys, MaxKeys);
          assert.ok((page.KeyCount ?? 0) <= MaxKeys);
          ContinuationToken = page.NextContinuationToken;
          assert.equal(page.IsTruncated, ContinuationToken !== undefined);
        } while (ContinuationToken !== undefined);
        assert.deepEqual([names, prefixes], whole, `${MaxKeys} ${Delimiter}`);
      }
    }
  });

  test('entries tell ETag, size, time, class and, asked for, the owner', async () => {
    const command = { Bucket: bucket(), Prefix: 'a0' };
    const [entry] = (await site.s3.send(new ListObjectsV2Command(command))).Contents ?? [];
    assert.equal(entry?.ETag, `"${md5Of(bodyOf(10, 'a0'))}"`);
    assert.equal(entry?.Size, 10);
    assert.equal(entry?.StorageClass, 'STANDARD');
    assert.ok(entry?.LastModified instanceof Date);
    assert.equal(entry?.Owner, undefined);
    const owned = await site.s3.send(new ListObjectsV2Command({ ...command, FetchOwner: true }));
    assert.match(owned.Contents?.[0]?.Owner?.ID ?? '', /^[0-9a-f]{64}$/);
  });

  test('max-keys 0 is an empty page that is whole', async () => {
    const page = await site.s3.send(new ListObjectsV2Command({ Bucket: bucket(), MaxKeys: 0 }));
    assert.deepEqual([page.KeyCount, page.IsTruncated, page.MaxKeys], [0, false, 0]);
  });
}

function v1Tests(site: Site, bucket: () => string): void {
  test('ListObjects pages by marker, and names NextMarker where there is a delimiter', async () => {
    for (const Delimiter of [undefined, '/']) {
      const names: string[] = [];
      const prefixes: string[] = [];
      let Marker: string | undefined;
      for (;;) {
        const asked = { Bucket: bucket(), Delimiter, MaxKeys: 2, Marker };
        const page = await site.s3.send(new ListObjectsCommand(asked));
        assert.equal(page.Marker ?? '', Marker ?? '');
        names.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
        prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix));
        for (const { Owner } of page.Contents ?? [])
          assert.match(Owner?.ID ?? '', /^[0-9a-f]{64}$/);
        if (page.IsTruncated !== true) break;
        assert.equal(page.NextMarker !== undefined, Delimiter !== undefined);
        Marker = page.NextMarker ?? page.Contents?.at(-1)?.Key;
      }
      const top = [' ', '!a', 'a', 'a0', ...keys.slice(9)];
      const expected = Delimiter === undefined ? [keys, []] : [top, ['a/', 'b/']];
      assert.deepEqual([names, prefixes], expected);
    }
  });
}

function encodingTests(site: Site, bucket: () => string): void {
  test('row 14: encoding-type=url covers keys, prefixes, delimiters and markers', async () => {
    const asked = {
      Bucket: bucket(),
      EncodingType: 'url',
      Prefix: 'b/x+',
      Delimiter: ' ',
      StartAfter: 'b/ü',
    } as const;
    const { text } = await exchange(site.s3, new ListObjectsV2Command(asked));
    for (const part of [
      '<Prefix>b/x%2B</Prefix>',
      '<Delimiter>%20</Delimiter>',
      '<StartAfter>b/%C3%BC</StartAfter>',
      '<EncodingType>url</EncodingType>',
    ]) {
      assert.ok(text.includes(part), part);
    }
    const v1 = { ...asked, StartAfter: undefined, Marker: 'a b', Prefix: 'b/' };
    const reply = await exchange(site.s3, new ListObjectsCommand(v1));
    assert.ok(reply.text.includes('<Marker>a%20b</Marker>'));
    assert.ok(reply.text.includes('<CommonPrefixes><Prefix>b/x%2By%20</Prefix></CommonPrefixes>'));
  });

  test('row 14: a key that XML cannot carry comes whole with encoding-type=url', async () => {
    const Bucket = await site.bucket();
    const Key = 'a\u0001b\uffff';
    await site.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'b' }));
    const encoded = { Bucket, EncodingType: 'url' } as const;
    const page = await site.s3.send(new ListObjectsV2Command(encoded));
    assert.equal(decoded(page.Contents?.[0]?.Key), Key);
  });
}

function pagingTests(site: Site): void {
  test('row 14: a continuation token survives the deletion of what it names', async () => {
    const { s3 } = site;
    const Bucket = await site.bucket();
    const names = ['a', 'b', 'c', 'd'];
    for (const Key of names) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const first = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2 }));
    const ContinuationToken = first.NextContinuationToken;
    for (const Key of ['b', 'c']) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    const rest = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
    assert.deepEqual(
      rest.Contents?.map(({ Key }) => Key),
      ['d'],
    );
    assert.equal(rest.ContinuationToken, ContinuationToken);
  });

  test('what one worker acknowledged, every worker lists', async () => {
    const Bucket = await site.bucket();
    const clients = await site.onePerWorker();
    for (let round = 0; round < 10; round++) {
      const Key = `k-${round}`;
      const [writer] = clients.slice(round % clients.length);
      await writer?.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      for (const s3 of clients) {
        const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket }));
        assert.equal(KeyCount, round + 1);
      }
    }
  });
}

function refusalTests(site: Site, bucket: () => string): void {
  test('wrong parameters are InvalidArgument', async () => {
    const invalid = { code: 'InvalidArgument', status: 400 };
    const list = (given: Partial<ListObjectsV2CommandInput>) =>
      site.s3.send(new ListObjectsV2Command({ Bucket: bucket(), ...given }));
    await refused(list({ MaxKeys: -1 }), invalid);
    await refused(list({ EncodingType: 'xml' as 'url' }), invalid);
    await refused(list({ ContinuationToken: '' }), {
      ...invalid,
      message: 'The continuation token provided is incorrect',
    });
    await refused(list({ ContinuationToken: 'not one' }), invalid);
    const many = await list({ MaxKeys: 5000 });
    assert.equal(many.MaxKeys, 1000);
    const absent = list({ Bucket: site.newName() });
    await refused(absent, { code: 'NoSuchBucket', status: 404 });
  });
}
