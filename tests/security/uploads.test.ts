/** SECURITY-REGRESSIONS, "Policy": multipart uploads and who may do what to them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSignature } from './signed.ts';
import { allow, deny, get, object, scene } from './three-accounts.ts';

test('uploads of another account are nobody else’s to see, fill, finish or end', async () => {
  const { house, guest, stranger, guestId, as, policy } = await scene();
  await policy([allow(guestId, 's3:PutObject', object)]);
  const began = await as(house.root, {
    method: 'POST',
    path: '/bucket/u',
    query: [['uploads', '']],
  });
  const uploadId = /<UploadId>([^<]+)/.exec(began.text)?.[1] ?? '';
  const id = ['uploadId', uploadId] as const;
  const abort = { method: 'DELETE', path: '/bucket/u', query: [id] };
  const list = get('/bucket/u', [id]);
  const part = {
    method: 'PUT',
    path: '/bucket/u',
    query: [['partNumber', '1'] as const, id],
    body: 'p',
  };
  const complete = { method: 'POST', path: '/bucket/u', query: [id], body: '<x/>' };
  for (const request of [abort, list, part, complete, get('/bucket', [['uploads', '']])]) {
    assert.equal((await as(stranger, request)).code, 'AccessDenied', JSON.stringify(request));
    assert.equal((await house.ask(withoutSignature(request))).code, 'AccessDenied');
  }
  // The right to write is not the right to look or to abort, nor does an id reach across keys.
  for (const request of [abort, list])
    assert.equal((await as(guest, request)).code, 'AccessDenied');
  assert.equal((await as(guest, part)).status, 200);
  const elsewhere = { ...part, path: '/bucket/other' };
  assert.equal((await as(guest, elsewhere)).code, 'NoSuchUpload');
  const inOwn = { ...abort, path: '/guests/u' };
  assert.equal((await as(guest, inOwn)).code, 'NoSuchUpload');
  assert.equal((await as(house.root, list)).status, 200);
});

test('a Complete that comes again is judged as the first one was', async () => {
  const { as, policy, user } = await scene();
  const key = await user([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
  await policy([
    deny('s3:PutObject', object, {
      StringNotEquals: { 's3:x-amz-server-side-encryption': 'AES256' },
    }),
    deny('s3:PutObject', object, { Null: { 's3:x-amz-server-side-encryption': 'true' } }),
  ]);
  const headers = { 'x-amz-server-side-encryption': 'AES256' };
  const path = '/bucket/u';
  const began = await as(key, { method: 'POST', path, query: [['uploads', '']], headers });
  const id = ['uploadId', /<UploadId>([^<]+)/.exec(began.text)?.[1] ?? ''] as const;
  const part = { method: 'PUT', path, query: [['partNumber', '1'] as const, id], body: 'p' };
  const { etag } = (await as(key, part)).headers;
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
  const complete = { method: 'POST', path, query: [id], body };
  const first = await as(key, complete);
  const again = await as(key, complete);
  assert.deepEqual([first.status, again.status], [200, 200], again.text);
  assert.equal((await as(key, { ...complete, path: '/bucket/v' })).code, 'AccessDenied');
});
