import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpDay, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import { opened } from '../../../tests/support/s3-object.ts';
import { Refusal } from '../../base/refusal.ts';
import type { OpenedObject } from '../../store/objects.ts';
import { getObject } from './get-object.ts';
import { headObject } from './head-object.ts';

const storeOf = (object: OpenedObject) => ({ objects: { open: async () => object } });
const get = (object: OpenedObject, sent: Partial<SentRequest> = {}) =>
  send(getObject, { target: '/bkt/key', store: storeOf(object), ...sent });
const head = (object: OpenedObject, sent: Partial<SentRequest> = {}) =>
  send(headObject, { target: '/bkt/key', store: storeOf(object), ...sent });

test('a whole object with all that is known of it', async () => {
  const object = opened('hello', {
    versionId: 'v1',
    contentType: 'text/plain',
    headers: { 'cache-control': 'no-store' },
    meta: { note: 'ü' },
    tags: [['a', 'b']],
  });
  const reply = await get(object);
  assert.deepEqual([reply.status, reply.body], [200, 'hello']);
  assert.deepEqual(reply.headers, {
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
    'content-length': '5',
    'content-type': 'text/plain',
    etag: '"e7"',
    'last-modified': httpDay,
    'x-amz-meta-note': '=?UTF-8?B?w7w=?=',
    'x-amz-request-id': 'ID',
    'x-amz-server-side-encryption': 'AES256',
    'x-amz-tagging-count': '1',
    'x-amz-version-id': 'v1',
  });
  assert.deepEqual(reply.pairs, ['s3:GetObject arn:aws:s3:::bkt/key']);
  const untold = await get(object, { denied: ['s3:GetObjectTagging'] });
  assert.equal(untold.headers['x-amz-tagging-count'], undefined);
  const headed = await head(object);
  assert.deepEqual([headed.status, headed.body], [200, '']);
  assert.deepEqual(headed.headers, reply.headers);
});

test('a version has a permission of its own; an unencrypted object says nothing of SSE', async () => {
  const reply = await get(opened('x', { protection: 'none' }), { target: '/bkt/key?versionId=v' });
  assert.deepEqual(reply.pairs, ['s3:GetObjectVersion arn:aws:s3:::bkt/key']);
  assert.equal(reply.headers['x-amz-server-side-encryption'], undefined);
});

test('the SSE request header is refused on reads', async () => {
  for (const ask of [get, head]) {
    const headers = { 'x-amz-server-side-encryption': 'AES256' };
    const reply = await ask(opened('x'), { headers });
    assert.equal(reply.status, 400);
  }
});

test('ranges, inline and streamed, of GET and HEAD', async () => {
  for (const object of [opened('0123456789'), opened('0123456789', {}, [4, 6])]) {
    for (const [range, status, body, contentRange] of [
      ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
      ['bytes=-3', 206, '789', 'bytes 7-9/10'],
      ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
      ['bytes=5-2', 200, '0123456789', undefined],
      ['bytes=0-1,3-4', 200, '0123456789', undefined],
      ['bytes=10-', 416, undefined, 'bytes */10'],
    ] as const) {
      const reply = await get(object, { headers: { range } });
      assert.deepEqual(
        [reply.status, reply.headers['content-range']],
        [status, contentRange],
        range,
      );
      if (body === undefined) continue;
      assert.deepEqual([reply.body, reply.headers['content-length']], [body, `${body.length}`]);
      const headed = await head(object, { headers: { range } });
      assert.deepEqual([headed.status, headed.headers], [status, reply.headers]);
    }
  }
});

test('part numbers', async () => {
  const object = opened('0123456789', {}, [4, 6]);
  const second = await get(object, {
    target: '/bkt/key?partNumber=2',
    headers: { 'x-amz-checksum-mode': 'ENABLED' },
  });
  assert.deepEqual([second.status, second.body], [206, '456789']);
  assert.equal(second.headers['content-range'], 'bytes 4-9/10');
  assert.equal(second.headers['x-amz-mp-parts-count'], '2');
  assert.equal(second.headers['x-amz-checksum-crc64nvme'], 'p2');
  const single = await head(opened('0123'), { target: '/bkt/key?partNumber=1' });
  assert.deepEqual([single.status, single.headers['content-range']], [206, 'bytes 0-3/4']);
  assert.equal(single.headers['x-amz-mp-parts-count'], undefined);
  const empty = await get(opened(''), { target: '/bkt/key?partNumber=1' });
  assert.deepEqual([empty.status, empty.headers['content-range']], [200, undefined]);
  const beyond = await get(object, { target: '/bkt/key?partNumber=3' });
  assert.deepEqual([beyond.status, beyond.code], [416, 'InvalidPartNumber']);
  for (const partNumber of ['0', '10001', 'x', '']) {
    const reply = await get(object, { target: `/bkt/key?partNumber=${partNumber}` });
    assert.deepEqual([reply.status, reply.code], [400, 'InvalidArgument'], partNumber);
  }
  const both = await get(object, {
    target: '/bkt/key?partNumber=1',
    headers: { range: 'bytes=0-1' },
  });
  assert.equal(both.code, 'InvalidRequest');
});

test('the checksum is told when asked for, of the whole only', async () => {
  const headers = { 'x-amz-checksum-mode': 'ENABLED' };
  const reply = await get(opened('hello'), { headers });
  assert.equal(reply.headers['x-amz-checksum-crc64nvme'], 'AAAAAAAAAAA=');
  assert.equal(reply.headers['x-amz-checksum-type'], 'FULL_OBJECT');
  const range = await get(opened('hello'), { headers: { ...headers, range: 'bytes=0-1' } });
  assert.equal(range.headers['x-amz-checksum-crc64nvme'], undefined);
  const unasked = await get(opened('hello'));
  assert.equal(unasked.headers['x-amz-checksum-crc64nvme'], undefined);
});

test('conditions decide before ranges', async () => {
  const match = await get(opened('x'), { headers: { 'if-match': '"other"', range: 'bytes=9-' } });
  assert.deepEqual([match.status, match.code], [412, 'PreconditionFailed']);
  const none = await get(opened('x'), { headers: { 'if-none-match': '"e7"' } });
  assert.deepEqual([none.status, none.body, none.headers['etag']], [304, '', '"e7"']);
  const since = await head(opened('x'), { headers: { 'if-modified-since': httpDay } });
  assert.equal(since.status, 304);
});

test('response-* overrides, signed only', async () => {
  const target = '/bkt/key?response-content-type=a%2Fb&response-content-disposition=x';
  const reply = await get(opened('x'), { target });
  assert.equal(reply.headers['content-type'], 'a/b');
  assert.equal(reply.headers['content-disposition'], 'x');
  const anonymous = await get(opened('x'), { target, anonymous: true });
  assert.deepEqual([anonymous.status, anonymous.code], [400, 'InvalidRequest']);
});

test('absence is told only to those who may list', async () => {
  const missing = {
    objects: {
      open: async () => {
        throw new Refusal('NoSuchKey', { headers: { 'x-amz-delete-marker': 'true' } });
      },
    },
  };
  const told = await send(getObject, { target: '/bkt/key', store: missing });
  assert.deepEqual([told.status, told.code], [404, 'NoSuchKey']);
  assert.equal(told.headers['x-amz-delete-marker'], 'true');
  assert.deepEqual(told.asked, ['s3:ListBucket arn:aws:s3:::bkt']);
  const hidden = await send(getObject, {
    target: '/bkt/key',
    store: missing,
    denied: ['s3:ListBucket'],
  });
  assert.deepEqual([hidden.status, hidden.code], [403, 'AccessDenied']);
  assert.equal(hidden.headers['x-amz-delete-marker'], undefined);
});
