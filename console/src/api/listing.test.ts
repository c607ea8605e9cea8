import { DOMParser } from '@xmldom/xmldom';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteEntries, isXmlText } from './deleting.ts';
import { entryId, listPage, type Entry } from './listing.ts';
import type { S3Request } from './s3.ts';
import { S3Error } from './s3.ts';
import { parseXml } from './xml.ts';

const parser = new DOMParser({ onError: () => undefined }) as unknown as globalThis.DOMParser;
const asked: S3Request[] = [];
let answer: (request: S3Request) => string = () => '';

vi.mock(import('./s3.ts'), async (original) => ({
  ...(await original()),
  s3: async (request) => {
    asked.push(request);
    const text = answer(request);
    return { status: 200, headers: new Headers(), xml: parseXml(text, parser) };
  },
}));

beforeEach(() => {
  asked.length = 0;
});

const bodyOf = (request: S3Request | undefined): string =>
  new TextDecoder().decode(request?.body as Uint8Array<ArrayBuffer>);

const query = { bucket: 'b', prefix: 'a/', delimiter: '/', versions: false };

describe('a page of objects', () => {
  it('has folders and objects in the order of keys, decoded, and says where the next begins', async () => {
    answer = () =>
      `<ListBucketResult><IsTruncated>true</IsTruncated>
      <NextContinuationToken>t+1=</NextContinuationToken>
      <Contents><Key>a/%00b</Key><Size>1</Size></Contents>
      <Contents><Key>a/m+n%2B</Key><Size>2</Size></Contents>
      <CommonPrefixes><Prefix>a/c/</Prefix></CommonPrefixes>
      <CommonPrefixes><Prefix>a/z/</Prefix></CommonPrefixes></ListBucketResult>`;
    const page = await listPage(query, undefined);
    expect(page.entries.map(({ key }) => key)).toEqual(['a/\u0000b', 'a/c/', 'a/m n+', 'a/z/']);
    expect(page.next).toEqual({ 'continuation-token': 't+1=' });
    await listPage(query, page.next);
    expect(asked[1]?.query).toMatchObject({
      'list-type': '2',
      prefix: 'a/',
      delimiter: '/',
      'encoding-type': 'url',
      'continuation-token': 't+1=',
    });
  });
});

describe('a page of versions', () => {
  it('tells markers from versions, newest first', async () => {
    answer = () =>
      `<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k%20</NextKeyMarker>
      <NextVersionIdMarker>v1</NextVersionIdMarker>
      <DeleteMarker><Key>k</Key><VersionId>v3</VersionId><IsLatest>true</IsLatest></DeleteMarker>
      <Version><Key>k</Key><VersionId>v2</VersionId><IsLatest>false</IsLatest><Size>5</Size></Version>
      </ListVersionsResult>`;
    const page = await listPage({ ...query, versions: true }, undefined);
    expect(page.entries).toMatchObject([
      { kind: 'marker', versionId: 'v3', latest: true },
      { kind: 'object', versionId: 'v2', latest: false, size: 5 },
    ]);
    expect(page.next).toEqual({ 'key-marker': 'k ', 'version-id-marker': 'v1' });
    expect(new Set(page.entries.map(entryId)).size).toBe(2);
  });
});

const object = (key: string, versionId?: string): Entry => ({
  kind: 'object',
  key,
  size: 1,
  lastModified: '',
  etag: '',
  ...(versionId === undefined ? {} : { versionId }),
});
const options = {
  versions: false,
  onProgress: () => undefined,
  signal: new AbortController().signal,
};

describe('a deletion', () => {
  it('names every object, escaped, with a checksum, and tells what was refused', async () => {
    answer = () =>
      `<DeleteResult><Error><Key>&lt;a&gt;&amp;</Key><Code>AccessDenied</Code>
      <Message>No.</Message></Error></DeleteResult>`;
    const ended = await deleteEntries('b', [object('<a>&', 'v1'), object('c')], options);
    expect(ended).toMatchObject({ deleted: 1, failed: 1 });
    expect(ended.failures).toEqual([{ key: '<a>&', code: 'AccessDenied', message: 'No.' }]);
    expect(bodyOf(asked[0])).toContain(
      '<Object><Key>&lt;a&gt;&amp;</Key><VersionId>v1</VersionId></Object><Object><Key>c</Key></Object>',
    );
    expect(asked[0]?.headers).toHaveProperty('x-amz-checksum-crc32');
  });
  it('goes in batches, and down into folders', async () => {
    answer = ({ method }) =>
      method === 'POST'
        ? '<DeleteResult/>'
        : '<ListBucketResult><Contents><Key>f/1</Key></Contents></ListBucketResult>';
    const many = Array.from({ length: 1100 }, (_none, index) => object(`k${index}`));
    const ended = await deleteEntries('b', [...many, { kind: 'prefix', key: 'f/' }], options);
    expect(ended).toEqual({ deleted: 1101, failed: 0, failures: [] });
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'GET', 'POST']);
    expect(asked[3]?.query).not.toHaveProperty('delimiter');
  });
  it('sends keys that XML cannot carry one by one', async () => {
    answer = ({ method }) => {
      if (method === 'DELETE') throw new S3Error(403, 'AccessDenied', 'No.');
      return '<DeleteResult/>';
    };
    const ended = await deleteEntries('b', [object('a\u0001'), object('b')], options);
    expect(asked.map(({ method, key }) => [method, key])).toEqual([
      ['POST', undefined],
      ['DELETE', 'a\u0001'],
    ]);
    expect(ended).toMatchObject({ deleted: 1, failed: 1 });
    expect(isXmlText('a\n\t\u00e9\u{1F600}')).toBe(true);
  });
});
