import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Defect, Fault, Refusal } from '../base/refusal.ts';
import type { HttpReply } from '../http/exchange.ts';
import { errorReply } from './errors.ts';

const bodyOf = ({ body }: HttpReply): string => (typeof body === 'string' ? body : '');
const place = { resource: '/b/k&"', requestId: 'ABC', hostId: 'host', head: false };

test('a refusal is AWS’s code, status, text, fields and headers', () => {
  const reply = errorReply(
    new Refusal('NoSuchKey', {
      fields: { Key: '<k>\r' },
      headers: { 'x-amz-delete-marker': 'true' },
    }),
    place,
  );
  assert.equal(reply.status, 404);
  assert.deepEqual(reply.headers, {
    'x-amz-request-id': 'ABC',
    'x-amz-id-2': 'host',
    'x-amz-delete-marker': 'true',
    'Content-Type': 'application/xml',
  });
  assert.equal(
    reply.body,
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code>' +
      '<Message>The specified key does not exist.</Message><Key>&lt;k&gt;&#xD;</Key>' +
      '<Resource>/b/k&amp;&quot;</Resource><RequestId>ABC</RequestId><HostId>host</HostId></Error>',
  );
});

test('a message of its own replaces the standard one; a code may be told as another', () => {
  assert.match(bodyOf(errorReply(new Refusal('InvalidTag', { message: 'why' }), place)), /why/);
  const expired = errorReply(new Refusal('ExpiredPresignRequest'), place);
  assert.equal(expired.status, 403);
  assert.match(bodyOf(expired), /<Code>AccessDenied<.*Request has expired/);
});

test('HEAD and 304 have no body', () => {
  const head = errorReply(new Refusal('NoSuchKey'), { ...place, head: true });
  assert.deepEqual([head.status, head.body], [404, undefined]);
  const same = errorReply(new Refusal('NotModified', { headers: { ETag: '"e"' } }), place);
  assert.deepEqual([same.status, same.body, same.headers['ETag']], [304, undefined, '"e"']);
});

test('trouble and defects say nothing of what they were', () => {
  for (const kind of ['busy', 'unavailable'] as const) {
    const reply = errorReply(new Fault(kind, 'secret'), place);
    assert.deepEqual([reply.status, reply.headers['Retry-After']], [503, '1']);
    assert.match(bodyOf(reply), /<Code>SlowDown</);
  }
  for (const error of [
    new Fault('unknown', 'secret'),
    new Fault('damaged', 'secret'),
    new Fault('failed', 'secret'),
    new Defect('secret'),
    new TypeError('secret'),
    'secret',
  ]) {
    const reply = errorReply(error, place);
    assert.equal(reply.status, 500);
    assert.match(bodyOf(reply), /<Code>InternalError</);
    assert.doesNotMatch(bodyOf(reply), /secret/);
  }
});
