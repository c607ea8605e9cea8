/** Beginning an upload, its parts, and giving it up; completing it has a file of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoDay, owner, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import { versionOf } from '../../../tests/support/s3-object.ts';
import { Refusal } from '../../base/refusal.ts';
import type { CreateUploadInput, Upload, UploadedPart } from '../../store/uploads.ts';
import type { AnyOperation } from '../operation.ts';
import { abortMultipartUpload } from './abort-multipart-upload.ts';
import { createMultipartUpload } from './create-multipart-upload.ts';
import { listParts } from './list-parts.ts';
import { uploadPartCopy } from './upload-part-copy.ts';
import { uploadPart } from './upload-part.ts';

const upload: Upload = {
  key: 'key',
  uploadId: 'u1',
  initiated: isoDay,
  account: owner.id,
  initiator: { id: 'arn:aws:iam::123456789012:user/u', displayName: 'u' },
  protection: 'SSE-S3',
  checksum: { algorithm: 'CRC32', type: 'COMPOSITE' },
  requestHeaders: {},
};
const part: UploadedPart = {
  number: 2,
  size: 5,
  etag: 'p2',
  modified: isoDay,
  checksums: { CRC32: 'NhCmhg==' },
};

async function create(sent: Partial<SentRequest>) {
  let input: CreateUploadInput | undefined;
  const uploads = {
    create: async (given: CreateUploadInput) => {
      input = given;
      return { ...upload, checksum: given.checksum };
    },
  };
  const buckets = { get: async () => ({ account: owner.id }) };
  const store = { uploads, buckets };
  const reply = await send(createMultipartUpload, { target: '/bkt/key?uploads', store, ...sent });
  return { reply, input };
}

test('an upload is begun with all that the object will be', async () => {
  const headers = {
    'content-type': 'a/b',
    'x-amz-meta-note': 'n',
    'x-amz-tagging': 'a=b',
    'x-amz-server-side-encryption': 'AES256',
    'x-amz-checksum-algorithm': 'CRC32C',
    'x-amz-checksum-type': 'FULL_OBJECT',
    'x-amz-date': '20260102T030405Z',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  };
  const { reply, input } = await create({ headers });
  assert.equal(reply.status, 200);
  assert.match(reply.body, /<Bucket>bkt<\/Bucket><Key>key<\/Key><UploadId>u1<\/UploadId>/);
  assert.equal(reply.headers['x-amz-server-side-encryption'], 'AES256');
  assert.equal(reply.headers['x-amz-checksum-algorithm'], 'CRC32C');
  assert.equal(reply.headers['x-amz-checksum-type'], 'FULL_OBJECT');
  assert.deepEqual(input?.checksum, { algorithm: 'CRC32C', type: 'FULL_OBJECT' });
  assert.equal(input?.sse, 'AES256');
  assert.deepEqual(input?.facts.tags, [['a', 'b']]);
  assert.equal(input?.account, owner.id);
  assert.deepEqual(input?.initiator, { id: owner.canonicalId, displayName: owner.name });
  assert.deepEqual(Object.keys(input?.requestHeaders ?? {}).sort(), [
    'x-amz-checksum-algorithm',
    'x-amz-checksum-type',
    'x-amz-server-side-encryption',
    'x-amz-tagging',
  ]);
  assert.deepEqual(
    reply.pairs.map((pair) => pair.split(' ')[0]),
    ['s3:PutObject', 's3:PutObjectTagging'],
  );
  const anonymous = await create({ anonymous: true });
  assert.equal(anonymous.input?.initiator.displayName, 'anonymous');
});

test('an upload that cannot be kept as asked is not begun', async () => {
  for (const [headers, code] of [
    [
      { 'x-amz-checksum-algorithm': 'SHA1', 'x-amz-checksum-type': 'FULL_OBJECT' },
      'InvalidRequest',
    ],
    [{ 'x-amz-checksum-algorithm': 'MD5' }, 'NotImplemented'],
    [{ 'x-amz-server-side-encryption': 'aws:kms' }, 'NotImplemented'],
    [{ 'if-none-match': '*' }, 'NotImplemented'],
  ] as const) {
    const { reply, input } = await create({ headers });
    assert.deepEqual([reply.code, input], [code, undefined], JSON.stringify(headers));
  }
});

async function put(
  operation: AnyOperation,
  method: string,
  sent: Partial<SentRequest>,
  result: unknown = { ...part, protection: 'SSE-S3', sourceVersionId: undefined },
) {
  const inputs: Record<string, unknown>[] = [];
  const uploads = {
    [method]: async (input: Record<string, unknown>) => {
      inputs.push(input);
      if (result instanceof Error) throw result;
      return result;
    },
  };
  const target = '/bkt/key?partNumber=2&uploadId=u1';
  const reply = await send(operation, { target, store: { uploads }, ...sent });
  return { reply, input: inputs[0] };
}

test('a part is stored and told of', async () => {
  const { reply, input } = await put(uploadPart, 'putPart', { body: 'hello' });
  assert.deepEqual([reply.status, reply.body], [200, '']);
  assert.deepEqual(reply.headers, {
    etag: '"p2"',
    'x-amz-checksum-crc32': 'NhCmhg==',
    'x-amz-request-id': 'ID',
    'x-amz-server-side-encryption': 'AES256',
  });
  const { bucket, key, uploadId, number, length } = input ?? {};
  assert.deepEqual([bucket, key, uploadId, number, length], ['bkt', 'key', 'u1', 2, 5]);
  assert.deepEqual(reply.pairs, ['s3:PutObject arn:aws:s3:::bkt/key']);
  const name = { bucket: 'bkt', key: 'key', uploadId: 'u1' };
  assert.deepEqual(uploadPart.facts?.({ ...name, number: 2 }), { kind: 'upload', ...name });
});

test('a part has no encryption of its own, and a number from 1 to 10,000', async () => {
  const headers = { 'x-amz-server-side-encryption': 'AES256' };
  const sse = await put(uploadPart, 'putPart', { headers });
  assert.deepEqual(
    [sse.reply.status, sse.reply.code, sse.input],
    [400, 'InvalidRequest', undefined],
  );
  for (const number of ['0', '10001', '-1', '1.5', '']) {
    const target = `/bkt/key?partNumber=${number}&uploadId=u1`;
    const { reply, input } = await put(uploadPart, 'putPart', { target });
    assert.deepEqual([reply.code, input], ['InvalidArgument', undefined], number);
  }
});

test('a part copied from a range of a version', async () => {
  const headers = {
    'x-amz-copy-source': '/src/a%20b?versionId=v7',
    'x-amz-copy-source-range': 'bytes=2-4',
    'x-amz-copy-source-if-match': '"e7"',
  };
  const { reply, input } = await put(
    uploadPartCopy,
    'copyPart',
    { headers },
    {
      ...part,
      protection: 'SSE-S3',
      sourceVersionId: 'v7',
    },
  );
  assert.equal(reply.status, 200);
  assert.match(reply.body, /<LastModified>2026-01-02T03:04:05.678Z<.*<ETag>&quot;p2&quot;</);
  assert.match(reply.body, /<ChecksumCRC32>NhCmhg==</);
  assert.equal(reply.headers['x-amz-copy-source-version-id'], 'v7');
  assert.equal(reply.headers['x-amz-server-side-encryption'], 'AES256');
  assert.deepEqual(input?.['source'], { bucket: 'src', key: 'a b', versionId: 'v7' });
  assert.deepEqual(input?.['range'], { start: 2, end: 5 });
  assert.deepEqual(reply.pairs, [
    's3:PutObject arn:aws:s3:::bkt/key',
    's3:GetObjectVersion arn:aws:s3:::src/a b',
  ]);
  const precondition = input?.['precondition'] as (version: object) => void;
  precondition(versionOf('x'));
  assert.throws(() => precondition(versionOf('x', { etag: 'other' })), /PreconditionFailed/);
});

test('a part is not copied from what is not there, not named, or named twice', async () => {
  const headers = { 'x-amz-copy-source': 'src/key' };
  const missing = new Refusal('NoSuchKey', { headers: { 'x-amz-delete-marker': 'true' } });
  const told = await put(uploadPartCopy, 'copyPart', { headers }, missing);
  assert.equal(told.reply.code, 'NoSuchKey');
  assert.equal(told.reply.headers['x-amz-delete-marker'], undefined);
  const denied = ['s3:ListBucket'];
  const hidden = await put(uploadPartCopy, 'copyPart', { headers, denied }, missing);
  assert.equal(hidden.reply.code, 'AccessDenied');
  assert.deepEqual(hidden.reply.asked, ['s3:ListBucket arn:aws:s3:::src']);
  const marker = await put(
    uploadPartCopy,
    'copyPart',
    { headers },
    new Refusal('MethodNotAllowed'),
  );
  assert.equal(marker.reply.code, 'InvalidRequest');
  const bad = { ...headers, 'x-amz-copy-source-range': 'bytes=2-' };
  assert.equal(
    (await put(uploadPartCopy, 'copyPart', { headers: bad })).reply.code,
    'InvalidArgument',
  );
  const target = '/bkt/key?partNumber=2&uploadId=u1&versionId=v';
  const named = await put(uploadPartCopy, 'copyPart', { headers, target });
  assert.deepEqual([named.reply.code, named.input], ['InvalidArgument', undefined]);
});

test('an upload given up', async () => {
  const target = '/bkt/key?uploadId=u1';
  const { reply, input } = await put(abortMultipartUpload, 'abort', { target });
  assert.equal(reply.status, 204);
  assert.deepEqual(input, { bucket: 'bkt', key: 'key', uploadId: 'u1' });
  assert.deepEqual(reply.pairs, ['s3:AbortMultipartUpload arn:aws:s3:::bkt/key']);
});

test('parts are listed by pages', async () => {
  const queries: unknown[] = [];
  const uploads = {
    listParts: async (_: unknown, query: unknown) => {
      queries.push(query);
      return { upload, parts: [part], more: true };
    },
  };
  const list = (query: string) =>
    send(listParts, { target: `/bkt/key?uploadId=u1${query}`, store: { uploads } });
  const reply = await list('&max-parts=1&part-number-marker=1');
  assert.equal(reply.status, 200);
  for (const element of [
    '<PartNumberMarker>1</PartNumberMarker><NextPartNumberMarker>2</NextPartNumberMarker>',
    '<MaxParts>1</MaxParts><IsTruncated>true</IsTruncated>',
    '<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>COMPOSITE</ChecksumType>',
    `<Owner><ID>${owner.canonicalId}</ID><DisplayName>owner</DisplayName></Owner>`,
    '<PartNumber>2</PartNumber>',
    '<Size>5</Size><ChecksumCRC32>NhCmhg==</ChecksumCRC32>',
  ]) {
    assert.ok(reply.body.includes(element), element);
  }
  await list('&max-parts=5000');
  const name = { bucket: 'bkt', key: 'key', uploadId: 'u1' };
  assert.deepEqual(queries, [
    { ...name, marker: 1, limit: 1 },
    { ...name, marker: 0, limit: 1000 },
  ]);
  assert.equal((await list('&max-parts=x')).code, 'InvalidArgument');
});
