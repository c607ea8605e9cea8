import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callOf, isoDay, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import type { PutInput } from '../../store/objects.ts';
import { postObject } from './post-object.ts';

const stored = {
  etag: 'abc',
  size: 5,
  versionId: 'v1',
  protection: 'SSE-S3',
  checksum: undefined,
  modified: isoDay,
} as const;

type Fields = Readonly<Record<string, string>>;

/** The fields with a policy that covers each of them, and `more`. */
function signed(fields: Fields, more: readonly unknown[] = []): Fields {
  const conditions = [
    { bucket: 'bkt' },
    ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
    ...more,
  ];
  const policy = JSON.stringify({ expiration: '2026-01-03T00:00:00Z', conditions });
  return { ...fields, policy: Buffer.from(policy).toString('base64'), 'x-amz-signature': 'x' };
}

async function post(headers: Fields, sent: Partial<SentRequest> = {}) {
  let input: PutInput | undefined;
  let body = '';
  const objects = {
    put: async (given: PutInput) => {
      for await (const piece of given.body) body += Buffer.from(piece).toString();
      input = given;
      return stored;
    },
  };
  const buckets = { get: async () => ({ ownership: 'BucketOwnerEnforced' }) };
  const store = { objects, buckets };
  const reply = await send(postObject, { target: '/bkt', body: 'hello', headers, store, ...sent });
  return { reply, input, body };
}

test('a form with all that a form can say', async () => {
  const { reply, input, body } = await post(
    signed({
      key: 'up/ä b',
      acl: 'bucket-owner-full-control',
      'content-type': 'image/png',
      'cache-control': 'no-store',
      'x-amz-meta-note': 'n',
      'x-amz-server-side-encryption': 'AES256',
      'x-amz-checksum-sha256': 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
      tagging: '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
      'x-ignore-me': '1',
    }),
  );
  assert.deepEqual([reply.status, reply.body, body], [204, '', 'hello']);
  assert.deepEqual(reply.headers, {
    etag: '"abc"',
    location: 'http://s3.test:9000/bkt/up/%C3%A4%20b',
    'x-amz-request-id': 'ID',
    'x-amz-server-side-encryption': 'AES256',
    'x-amz-version-id': 'v1',
  });
  assert.deepEqual([input?.bucket, input?.key, input?.sse], ['bkt', 'up/ä b', 'AES256']);
  assert.equal(input?.length, undefined);
  assert.equal(input?.facts.contentType, 'image/png');
  assert.deepEqual({ ...input?.facts.headers }, { 'cache-control': 'no-store' });
  assert.deepEqual(input?.facts.tags, [['a', 'b']]);
  assert.equal(input?.digests.checksum?.algorithm, 'SHA256');
  assert.deepEqual(
    reply.pairs.map((pair) => pair.split(' ')[0]),
    ['s3:PutObject', 's3:PutObjectTagging', 's3:PutObjectAcl'],
  );
});

test('success_action_status and success_action_redirect', async () => {
  const created = await post(signed({ key: 'k&', success_action_status: '201' }));
  assert.equal(created.reply.status, 201);
  assert.equal(
    created.reply.body.replace(/^<\?xml .*\?>\n/, ''),
    '<PostResponse><Location>http://s3.test:9000/bkt/k%26</Location><Bucket>bkt</Bucket>' +
      '<Key>k&amp;</Key><ETag>&quot;abc&quot;</ETag></PostResponse>',
  );
  for (const [status, answer] of [
    ['200', 200],
    ['204', 204],
    ['302', 204],
    ['', 204],
  ] as const) {
    const { reply } = await post(signed({ key: 'k', success_action_status: status }));
    assert.deepEqual([reply.status, reply.body], [answer, ''], status);
  }
  const to = { success_action_redirect: 'https://app.test/done?a=1', success_action_status: '201' };
  const { reply } = await post(signed({ key: 'k 1', ...to }));
  assert.equal(reply.status, 303);
  const location = reply.headers['location'];
  assert.equal(location, 'https://app.test/done?a=1&bucket=bkt&key=k+1&etag=%22abc%22');
  for (const bad of ['javascript:alert(1)', '/relative', 'http://']) {
    const ignored = await post(signed({ key: 'k', success_action_redirect: bad }));
    assert.equal(ignored.reply.status, 204, bad);
  }
});

test('a form is what its policy allows, or nothing', async () => {
  const extra = await post({ ...signed({ key: 'k' }), 'x-amz-meta-a': '1' });
  assert.deepEqual([extra.reply.code, extra.input], ['AccessDenied', undefined]);
  const other = await post({ ...signed({ key: 'k' }), key: 'other' });
  assert.deepEqual([other.reply.code, other.input], ['AccessDenied', undefined]);
  const noPolicy = await post({ key: 'k' });
  assert.equal(noPolicy.reply.code, 'InvalidPolicyDocument');
});

test('content-length-range holds while the file comes', async () => {
  for (const [min, max, code] of [
    [5, 5, undefined],
    [0, 4, 'EntityTooLarge'],
    [6, 9, 'EntityTooSmall'],
  ] as const) {
    const { reply, input } = await post(signed({ key: 'k' }, [['content-length-range', min, max]]));
    assert.equal(reply.code, code);
    assert.equal(input === undefined, code !== undefined);
  }
});

test('an unsigned form is for the bucket’s policy to let in', async () => {
  const { reply, input } = await post({ key: 'k' }, { anonymous: true });
  assert.deepEqual([reply.status, input?.key], [204, 'k']);
});

test('what no form can ask for is refused, and nothing is stored', async () => {
  const tooLong = 'x'.repeat(1025);
  for (const [fields, code] of [
    [{}, 'InvalidArgument'],
    [{ key: '' }, 'UserKeyMustBeSpecified'],
    [{ key: tooLong }, 'KeyTooLongError'],
    [{ key: 'k', 'x-amz-copy-source': '/b/k' }, 'InvalidArgument'],
    [{ key: 'k', 'x-amz-server-side-encryption': 'aws:kms' }, 'NotImplemented'],
    [{ key: 'k', 'x-amz-server-side-encryption-customer-key': 'x' }, 'NotImplemented'],
    [{ key: 'k', 'x-amz-tagging': 'a=b' }, 'NotImplemented'],
    [{ key: 'k', 'if-none-match': '*' }, 'NotImplemented'],
    [{ key: 'k', tagging: '<Tagging/>' }, 'MalformedXML'],
    [{ key: 'k', acl: 'public-read' }, 'AccessControlListNotSupported'],
    [{ key: 'k', acl: 'private', 'x-amz-acl': 'private' }, 'InvalidArgument'],
    [{ key: 'k', 'x-amz-checksum-crc32': 'x' }, 'InvalidRequest'],
    [{ key: 'k', 'x-amz-checksum-sha512': 'x' }, 'NotImplemented'],
  ] as const) {
    const { reply, input } = await post(fields, { anonymous: true });
    assert.deepEqual([reply.code, input], [code, undefined], JSON.stringify(fields));
  }
});

test('policies see the form’s ACL and tags, and the page’s own Referer', () => {
  const tagging = '<Tagging><TagSet><Tag><Key>A</Key><Value>b</Value></Tag></TagSet></Tagging>';
  const fields = { key: 'k', acl: 'private', tagging, referer: 'https://good/', 'user-agent': 'x' };
  const call = callOf({ target: '/bkt', headers: fields, anonymous: true });
  const http = { ...call.http, headers: new Map([['user-agent', ['curl']]]) };
  const keys = postObject.conditions?.(postObject.input({ ...call, http }));
  assert.deepEqual(keys?.get('s3:x-amz-acl'), ['private']);
  assert.deepEqual(keys?.get('s3:requestobjecttag/a'), ['b']);
  assert.deepEqual(keys?.get('s3:requestobjecttagkeys'), ['A']);
  assert.deepEqual(keys?.get('aws:referer'), []);
  assert.deepEqual(keys?.get('aws:useragent'), ['curl']);
});
