/** The four listings: what of a query reaches the store, and how a page is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoDay, owner, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import type { ListedObject, ListedVersion } from '../../store/listing.ts';
import type { Upload } from '../../store/uploads.ts';
import { encodeToken } from '../continuation-token.ts';
import type { AnyOperation } from '../operation.ts';
import { listMultipartUploads } from './list-multipart-uploads.ts';
import { listObjectVersions } from './list-object-versions.ts';
import { listObjectsV2 } from './list-objects-v2.ts';
import { listObjects } from './list-objects.ts';

const object: ListedObject = {
  key: 'a b/<é>',
  size: 5,
  etag: 'e',
  modified: isoDay,
  checksum: { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' },
};
const bare: ListedObject = { ...object, key: 'z', checksum: undefined };
const objectPage = { objects: [object, bare], commonPrefixes: ['c+/'], truncated: true, last: 'z' };
const version: ListedVersion = { ...object, versionId: 'v', latest: true, deleteMarker: false };
const marker: ListedVersion = { ...bare, versionId: 'null', latest: false, deleteMarker: true };
const versionPage = {
  versions: [version, marker],
  commonPrefixes: ['c+/'],
  truncated: true,
  nextKeyMarker: 'z z',
  nextVersionIdMarker: 'null',
};
const upload: Upload = {
  key: 'a b',
  uploadId: 'U',
  initiated: isoDay,
  account: owner.id,
  initiator: { id: 'arn:aws:iam::123456789012:user/u', displayName: 'u' },
  protection: 'SSE-S3',
  checksum: { algorithm: 'SHA1', type: 'COMPOSITE' },
  requestHeaders: {},
};
const uploadPage = {
  uploads: [upload],
  commonPrefixes: ['c+/'],
  truncated: true,
  nextKeyMarker: 'a b',
  nextUploadIdMarker: 'U',
};

async function list(operation: AnyOperation, query: string, sent: Partial<SentRequest> = {}) {
  const queries: unknown[] = [];
  const answering = (page: object) => async (_: unknown, asked: object) => {
    queries.push(asked);
    return page;
  };
  const listing = {
    objects: answering(objectPage),
    versions: answering(versionPage),
    uploads: answering(uploadPage),
  };
  const buckets = { get: async () => ({ account: owner.id }) };
  const target = `/bkt?${query}`;
  const reply = await send(operation, { target, store: { listing, buckets }, ...sent });
  return { ...reply, query: queries[0] as Record<string, unknown> | undefined };
}

function has(body: string, ...pieces: readonly string[]): void {
  for (const piece of pieces) assert.ok(body.includes(piece), `${piece} is not in ${body}`);
}

const owned = `<Owner><ID>${owner.canonicalId}</ID><DisplayName>owner</DisplayName></Owner>`;
const contents = (key: string, more = ''): string =>
  `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;e&quot;</ETag>` +
  `${more}<Size>5</Size><StorageClass>STANDARD</StorageClass>`;
const crc =
  '<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>';

test('ListObjectsV2', async () => {
  const plain = await list(listObjectsV2, 'list-type=2');
  assert.deepEqual(plain.pairs, ['s3:ListBucket arn:aws:s3:::bkt']);
  has(
    plain.body,
    '<Name>bkt</Name><Prefix></Prefix>',
    `<NextContinuationToken>${encodeToken('z')}</NextContinuationToken>`,
    '<KeyCount>3</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>',
    `${contents('a b/&lt;é&gt;', crc)}</Contents>${contents('z')}</Contents>`,
    '<CommonPrefixes><Prefix>c+/</Prefix></CommonPrefixes></ListBucketResult>',
  );
  const token = encodeToken('k');
  const full = await list(
    listObjectsV2,
    `list-type=2&prefix=a%20&delimiter=%2B&max-keys=3&encoding-type=url&fetch-owner=true&start-after=s+&continuation-token=${token}`,
  );
  const { prefix, delimiter, limit, after } = full.query ?? {};
  assert.deepEqual([prefix, delimiter, limit, after], ['a ', '+', 3, 'k']);
  has(
    full.body,
    `<Prefix>a%20</Prefix><StartAfter>s%20</StartAfter><ContinuationToken>${token}</ContinuationToken>`,
    '<Delimiter>%2B</Delimiter><EncodingType>url</EncodingType>',
    `${contents('a%20b/%3C%C3%A9%3E', crc)}${owned}</Contents>`,
    '<Prefix>c%2B/</Prefix>',
  );
  assert.equal((await list(listObjectsV2, 'list-type=2&start-after=s')).query?.['after'], 's');
  for (const bad of ['continuation-token=', 'continuation-token=x', 'max-keys=-1']) {
    const refused = await list(listObjectsV2, `list-type=2&${bad}`);
    assert.deepEqual([refused.code, refused.query], ['InvalidArgument', undefined], bad);
  }
});

test('ListObjects', async () => {
  const plain = await list(listObjects, '');
  assert.deepEqual(plain.pairs, ['s3:ListBucket arn:aws:s3:::bkt']);
  has(
    plain.body,
    '<Prefix></Prefix><Marker></Marker><MaxKeys>1000</MaxKeys><IsTruncated>true',
    `${contents('a b/&lt;é&gt;', crc)}${owned}</Contents>`,
  );
  assert.ok(!plain.body.includes('NextMarker'), 'without a delimiter the last key is the marker');
  const marked = await list(listObjects, 'marker=m%2B&delimiter=/&encoding-type=url&list-type=1');
  assert.equal(marked.query?.['after'], 'm+');
  has(marked.body, '<Marker>m%2B</Marker><NextMarker>z</NextMarker>', '<Delimiter>/</Delimiter>');
  assert.equal((await list(listObjects, 'list-type=3')).code, 'InvalidArgument');
});

test('ListObjectVersions', async () => {
  const plain = await list(listObjectVersions, 'versions&key-marker=&version-id-marker=');
  assert.deepEqual(plain.pairs, ['s3:ListBucketVersions arn:aws:s3:::bkt']);
  assert.deepEqual([plain.query?.['keyMarker'], plain.query?.['versionIdMarker']], ['', undefined]);
  has(
    plain.body,
    '<KeyMarker></KeyMarker><VersionIdMarker></VersionIdMarker><NextKeyMarker>z z</NextKeyMarker><NextVersionIdMarker>null</NextVersionIdMarker>',
    `<Version><Key>a b/&lt;é&gt;</Key><VersionId>v</VersionId><IsLatest>true</IsLatest>`,
    `<DeleteMarker><Key>z</Key><VersionId>null</VersionId><IsLatest>false</IsLatest><LastModified>2026-01-02T03:04:05.678Z</LastModified>${owned}</DeleteMarker>`,
    '</DeleteMarker><CommonPrefixes>',
  );
  const marked = await list(
    listObjectVersions,
    'versions&key-marker=k%20&version-id-marker=v&encoding-type=url&delimiter=%26',
  );
  assert.deepEqual([marked.query?.['keyMarker'], marked.query?.['versionIdMarker']], ['k ', 'v']);
  has(
    marked.body,
    '<KeyMarker>k%20</KeyMarker><VersionIdMarker>v</VersionIdMarker>',
    '<NextKeyMarker>z%20z</NextKeyMarker>',
    '<Delimiter>%26</Delimiter>',
  );
  for (const bad of ['version-id-marker=v', 'key-marker=k&version-id-marker=']) {
    const refused = await list(listObjectVersions, `versions&${bad}`);
    assert.deepEqual([refused.code, refused.query], ['InvalidArgument', undefined], bad);
  }
});

test('ListMultipartUploads', async () => {
  const plain = await list(listMultipartUploads, 'uploads');
  assert.deepEqual(plain.pairs, ['s3:ListBucketMultipartUploads arn:aws:s3:::bkt']);
  has(
    plain.body,
    '<Bucket>bkt</Bucket><KeyMarker></KeyMarker><UploadIdMarker></UploadIdMarker><NextKeyMarker>a b</NextKeyMarker><NextUploadIdMarker>U</NextUploadIdMarker>',
    '<MaxUploads>1000</MaxUploads><IsTruncated>true</IsTruncated>',
    '<Upload><Key>a b</Key><UploadId>U</UploadId><Initiator><ID>arn:aws:iam::123456789012:user/u</ID><DisplayName>u</DisplayName></Initiator>',
    `${owned}<StorageClass>STANDARD</StorageClass><Initiated>2026-01-02T03:04:05.678Z</Initiated><ChecksumAlgorithm>SHA1</ChecksumAlgorithm><ChecksumType>COMPOSITE</ChecksumType></Upload>`,
  );
  const marked = await list(
    listMultipartUploads,
    'uploads&key-marker=k%20&upload-id-marker=U&max-uploads=2&encoding-type=url',
  );
  const { keyMarker, uploadIdMarker, limit } = marked.query ?? {};
  assert.deepEqual([keyMarker, uploadIdMarker, limit], ['k ', 'U', 2]);
  has(marked.body, '<KeyMarker>k%20</KeyMarker>', '<Key>a%20b</Key>');
});

test('an empty page, and a bucket that is not there', async () => {
  const empty = {
    objects: [],
    versions: [],
    uploads: [],
    commonPrefixes: [],
    truncated: false,
    last: undefined,
    nextKeyMarker: undefined,
    nextVersionIdMarker: undefined,
    nextUploadIdMarker: undefined,
  };
  const give = async () => empty;
  const listing = { objects: give, versions: give, uploads: give };
  const buckets = { get: async () => ({ account: 'gone' }) };
  const all: AnyOperation[] = [
    listObjects,
    listObjectsV2,
    listObjectVersions,
    listMultipartUploads,
  ];
  for (const operation of all) {
    const { body, status } = await list(operation, '', { store: { listing, buckets } });
    assert.equal(status, 200);
    assert.match(body, /<IsTruncated>false<\/IsTruncated>/);
    assert.doesNotMatch(body, /<(Next\w+|Contents|Version|Upload|Owner|CommonPrefixes)>/);
  }
});
