import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoDay, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import { versionOf } from '../../../tests/support/s3-object.ts';
import type { CopyInput, ObjectVersion } from '../../store/objects.ts';
import { copyObject } from './copy-object.ts';

const written = {
  etag: 'abc',
  size: 5,
  versionId: 'v2',
  protection: 'SSE-S3',
  checksum: { algorithm: 'SHA1', type: 'FULL_OBJECT', value: 'qvTGHdzF6KLavt4PO0gs2a6pQ00=' },
  modified: isoDay,
  sourceVersionId: 'v1',
} as const;

async function copy(
  headers: Readonly<Record<string, string>>,
  sent: Partial<SentRequest> = {},
  source: ObjectVersion = versionOf('hello'),
) {
  let input: CopyInput | undefined;
  const objects = {
    copy: async (given: CopyInput) => {
      given.precondition?.(source);
      input = given;
      return written;
    },
  };
  const reply = await send(copyObject, {
    target: '/bkt/key',
    store: { objects },
    ...sent,
    headers: { 'x-amz-copy-source': 'src/from', ...headers },
  });
  return { reply, input };
}

test('a copy with all that the source has', async () => {
  const { reply, input } = await copy({ 'x-amz-copy-source': '/src/a%2Bb?versionId=v1' });
  assert.equal(reply.status, 200);
  assert.match(reply.body, /<LastModified>2026-01-02T03:04:05.678Z<\/LastModified>/);
  assert.match(reply.body, /<ETag>&quot;abc&quot;<\/ETag><ChecksumSHA1>qvTG/);
  assert.equal(reply.headers['x-amz-server-side-encryption'], 'AES256');
  assert.equal(reply.headers['x-amz-version-id'], 'v2');
  assert.equal(reply.headers['x-amz-copy-source-version-id'], 'v1');
  const { precondition: _, ...given } = input ?? {};
  assert.deepEqual(given, {
    source: { bucket: 'src', key: 'a+b', versionId: 'v1' },
    bucket: 'bkt',
    key: 'key',
    sse: undefined,
  });
  assert.deepEqual(reply.pairs, [
    's3:PutObject arn:aws:s3:::bkt/key',
    's3:GetObjectVersion arn:aws:s3:::src/a+b',
  ]);
});

test('the source pair knows its version', () => {
  const { permissions } = copyObject;
  const source = { bucket: 'src', key: 'from', versionId: 'v1' };
  const write = { bucket: 'bkt', key: 'key', facts: {}, sse: undefined, acl: undefined };
  const input = {
    copy: { source, conditions: undefined },
    write,
    keepsFacts: true,
    keepsTags: true,
    checksumAlgorithm: undefined,
    conditions: undefined,
  };
  const [, pair] = permissions(input, undefined as never);
  assert.equal(pair?.bucket, 'src');
  assert.deepEqual(pair?.context?.get('s3:versionid'), ['v1']);
});

test('REPLACE drops what it replaces and nothing else', async () => {
  const metadata = await copy({
    'x-amz-metadata-directive': 'REPLACE',
    'content-type': 'a/b',
    'x-amz-meta-n': '1',
  });
  assert.equal(metadata.input?.replaceFacts?.contentType, 'a/b');
  assert.deepEqual({ ...metadata.input?.replaceFacts?.meta }, { n: '1' });
  assert.equal(metadata.input?.replaceTags, undefined);
  const tags = await copy({ 'x-amz-tagging-directive': 'REPLACE', 'x-amz-tagging': 'a=b' });
  assert.deepEqual(tags.input?.replaceTags, [['a', 'b']]);
  assert.equal(tags.input?.replaceFacts, undefined);
  assert.equal(tags.reply.pairs[1], 's3:PutObjectTagging arn:aws:s3:::bkt/key');
  const none = await copy({ 'x-amz-tagging-directive': 'REPLACE' });
  assert.deepEqual(none.input?.replaceTags, []);
  const kept = await copy({ 'content-type': 'a/b' });
  assert.equal(kept.input?.replaceFacts, undefined);
});

test('directives and tags that contradict are refused', async () => {
  for (const headers of [
    { 'x-amz-metadata-directive': 'MERGE' },
    { 'x-amz-tagging-directive': 'x' },
    { 'x-amz-tagging': 'a=b' },
  ]) {
    const { reply, input } = await copy(headers);
    assert.deepEqual([reply.code, input], ['InvalidArgument', undefined]);
  }
});

test('an object is not copied onto itself unless something about it changes', async () => {
  const self = { 'x-amz-copy-source': 'bkt/key' };
  const plain = await copy(self);
  assert.deepEqual(
    [plain.reply.status, plain.reply.code, plain.input],
    [400, 'InvalidRequest', undefined],
  );
  assert.match(plain.reply.body, /This copy request is illegal because/);
  const tagsOnly = await copy({ ...self, 'x-amz-tagging-directive': 'REPLACE' });
  assert.equal(tagsOnly.reply.code, 'InvalidRequest');
  for (const change of [
    { 'x-amz-metadata-directive': 'REPLACE' },
    { 'x-amz-storage-class': 'STANDARD' },
    { 'x-amz-server-side-encryption': 'AES256' },
    { 'x-amz-copy-source': 'bkt/key?versionId=v0' },
  ]) {
    const { reply } = await copy({ ...self, ...change });
    assert.equal(reply.status, 200, JSON.stringify(change));
  }
});

test('tags are copied only by those who may read and set them', async () => {
  const tagged = versionOf('x', { tags: [['a', 'b']] });
  const allowed = await copy({}, {}, tagged);
  assert.equal(allowed.reply.status, 200);
  assert.deepEqual(allowed.reply.asked, [
    's3:GetObjectTagging arn:aws:s3:::src/from',
    's3:PutObjectTagging arn:aws:s3:::bkt/key',
  ]);
  for (const action of ['s3:GetObjectTagging', 's3:PutObjectTagging']) {
    const { reply, input } = await copy({}, { denied: [action] }, tagged);
    assert.deepEqual([reply.code, input], ['AccessDenied', undefined], action);
    assert.equal((await copy({}, { denied: [action] })).reply.status, 200);
    const replaced = await copy(
      { 'x-amz-tagging-directive': 'REPLACE' },
      { denied: [action] },
      tagged,
    );
    assert.equal(replaced.reply.status, 200);
  }
});

test('conditions of source and target', async () => {
  const failed = await copy({ 'x-amz-copy-source-if-none-match': 'e7' });
  assert.deepEqual([failed.reply.status, failed.input], [412, undefined]);
  const guarded = await copy({ 'if-none-match': '*', 'x-amz-checksum-algorithm': 'sha256' });
  assert.deepEqual(guarded.input?.conditions, { ifNoneMatch: '*' });
  assert.equal(guarded.input?.checksumAlgorithm, 'SHA256');
});

test('a version in the query is refused: the source names its own', async () => {
  const { reply, input } = await copy({}, { target: '/bkt/key?versionId=v' });
  assert.deepEqual([reply.code, input], ['InvalidArgument', undefined]);
});
