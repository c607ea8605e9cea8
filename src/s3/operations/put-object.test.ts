import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoDay, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import { Refusal } from '../../base/refusal.ts';
import type { PutInput, Written } from '../../store/objects.ts';
import { putObject } from './put-object.ts';

const stored: Written = {
  etag: '5d41402abc4b2a76b9719d911017c592',
  size: 5,
  versionId: 'v1',
  protection: 'SSE-S3',
  checksum: { algorithm: 'CRC32', type: 'FULL_OBJECT', value: 'NhCmhg==' },
  modified: isoDay,
};

async function put(sent: Partial<SentRequest>, written: Written = stored) {
  let input: PutInput | undefined;
  let body = '';
  const objects = {
    put: async (given: PutInput) => {
      input = given;
      for await (const piece of given.body) body += Buffer.from(piece).toString();
      return written;
    },
  };
  const buckets = { get: async () => ({ ownership: 'BucketOwnerEnforced' }) };
  const store = { objects, buckets };
  const reply = await send(putObject, { target: '/bkt/key', body: 'hello', store, ...sent });
  return { reply, input, body };
}

test('stores what the request says, and tells of it', async () => {
  const headers = {
    'content-type': 'text/plain',
    'content-encoding': 'aws-chunked,gzip',
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-meta-note': 'n',
    'x-amz-tagging': 'a=b&c=',
    'x-amz-server-side-encryption': 'AES256',
    'x-amz-storage-class': 'STANDARD',
  };
  const { reply, input, body } = await put({ headers });
  assert.deepEqual([reply.status, reply.body], [200, '']);
  assert.deepEqual(reply.headers, {
    etag: '"5d41402abc4b2a76b9719d911017c592"',
    'x-amz-checksum-crc32': 'NhCmhg==',
    'x-amz-checksum-type': 'FULL_OBJECT',
    'x-amz-request-id': 'ID',
    'x-amz-server-side-encryption': 'AES256',
    'x-amz-version-id': 'v1',
  });
  assert.equal(body, 'hello');
  assert.deepEqual(
    [input?.bucket, input?.key, input?.sse, input?.length],
    ['bkt', 'key', 'AES256', 5],
  );
  assert.equal(input?.facts.contentType, 'text/plain');
  assert.deepEqual({ ...input?.facts.headers }, { 'content-encoding': 'gzip' });
  assert.deepEqual({ ...input?.facts.meta }, { note: 'n' });
  assert.deepEqual(input?.facts.tags, [
    ['a', 'b'],
    ['c', ''],
  ]);
  assert.deepEqual(reply.pairs, [
    's3:PutObject arn:aws:s3:::bkt/key',
    's3:PutObjectTagging arn:aws:s3:::bkt/key',
  ]);
});

test('an object that was promised nothing says nothing of SSE', async () => {
  const written = { ...stored, protection: 'none', versionId: undefined } as const;
  const { reply } = await put({}, written);
  assert.equal(reply.headers['x-amz-server-side-encryption'], undefined);
  assert.equal(reply.headers['x-amz-version-id'], undefined);
  assert.deepEqual(reply.pairs, ['s3:PutObject arn:aws:s3:::bkt/key']);
});

test('conditional writes', async () => {
  const none = await put({ headers: { 'if-none-match': '*' } });
  assert.deepEqual(none.input?.conditions, { ifNoneMatch: '*' });
  const match = await put({ headers: { 'if-match': '"abc"' } });
  assert.deepEqual(match.input?.conditions, { ifMatch: 'abc' });
  assert.equal(match.reply.pairs[1], 's3:GetObject arn:aws:s3:::bkt/key');
  const bad = await put({ headers: { 'if-none-match': '"abc"' } });
  assert.equal(bad.reply.code, 'NotImplemented');
});

test('protection that is not given is refused, and nothing is stored', async () => {
  for (const [headers, code] of [
    [{ 'x-amz-server-side-encryption': 'aws:kms' }, 'NotImplemented'],
    [{ 'x-amz-server-side-encryption': 'AES512' }, 'InvalidEncryptionAlgorithmError'],
    [{ 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }, 'NotImplemented'],
    [{ 'x-amz-object-lock-mode': 'GOVERNANCE' }, 'NotImplemented'],
    [{ 'x-amz-storage-class': 'GLACIER' }, 'NotImplemented'],
    [{ 'x-amz-acl': 'public-read' }, 'AccessControlListNotSupported'],
    [{ 'x-amz-meta-a': 'x'.repeat(2048) }, 'MetadataTooLarge'],
    [{ 'x-amz-tagging': 'a=1&a=2' }, 'InvalidArgument'],
  ] as const) {
    const { reply, input } = await put({ headers });
    assert.deepEqual([reply.code, input], [code, undefined], JSON.stringify(headers));
  }
});

test('bucket-owner-full-control is every object’s ACL, and a pair of its own', async () => {
  const { reply } = await put({ headers: { 'x-amz-acl': 'bucket-owner-full-control' } });
  assert.equal(reply.status, 200);
  assert.deepEqual(reply.pairs.slice(1), ['s3:PutObjectAcl arn:aws:s3:::bkt/key']);
});

test('a version in the query is refused: a write makes its own', async () => {
  const { reply, input } = await put({ target: '/bkt/key?versionId=v' });
  assert.deepEqual([reply.code, input], ['InvalidArgument', undefined]);
});

test('what the store refuses is told', async () => {
  const objects = {
    put: async () => {
      throw new Refusal('PreconditionFailed', { fields: { Condition: 'If-None-Match' } });
    },
  };
  const { reply } = await put({ store: { objects } });
  assert.equal(reply.status, 412);
});
