import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../identity.ts';
import { conditionContext, type RequestFacts } from './condition-context.ts';
import { conditionKeyNamed, conditionKeys } from './condition-keys.ts';
import { layeredConditions } from './lazy-conditions.ts';
import { existingTagConditions, requestTagConditions } from './tag-conditions.ts';
import { uploadConditions } from './upload-conditions.ts';

const account = { id: '111122223333', name: 'a', canonicalId: 'a'.repeat(64) };
const root: Identity = { kind: 'root', account, accessKeyId: 'AKIA' };
const user: Identity = {
  kind: 'user',
  account,
  userName: 'bob',
  userId: 'AIDABOB000000',
  accessKeyId: 'AKIA',
};

const facts: RequestFacts = {
  identity: user,
  operation: 'PutObject',
  headers: new Map(),
  query: [],
  remoteAddress: '192.0.2.7',
  secure: true,
  receivedAt: new Date('2026-11-24T08:00:00.900Z'),
  authType: 'REST-HEADER',
  signatureVersion: 'AWS4-HMAC-SHA256',
  signatureAgeMs: 1500,
  region: 'eu-west-1',
  resourceAccount: '444455556666',
};

const context = (change: Partial<RequestFacts> = {}): ReadonlyMap<string, readonly string[]> =>
  conditionContext({ ...facts, ...change });
const headers = (values: Record<string, string>): RequestFacts['headers'] =>
  new Map(Object.entries(values).map(([name, value]) => [name, [value]]));

test('who asks, from where, when and how', () => {
  assert.deepEqual(Object.fromEntries(context()), {
    's3:authtype': ['REST-HEADER'],
    's3:max-keys': ['1000'],
    's3:objectcreationoperation': ['true'],
    's3:requestobjecttagkeys': [],
    's3:resourceaccount': ['444455556666'],
    's3:signatureage': ['1500'],
    's3:signatureversion': ['AWS4-HMAC-SHA256'],
    'aws:currenttime': ['2026-11-24T08:00:00.900Z'],
    'aws:epochtime': ['1795507200'],
    'aws:principalaccount': ['111122223333'],
    'aws:principalarn': ['arn:aws:iam::111122223333:user/bob'],
    'aws:principalisawsservice': ['false'],
    'aws:principaltype': ['User'],
    'aws:requestedregion': ['eu-west-1'],
    'aws:resourceaccount': ['444455556666'],
    'aws:securetransport': ['true'],
    'aws:sourceip': ['192.0.2.7'],
    'aws:userid': ['AIDABOB000000'],
    'aws:username': ['bob'],
    'aws:viaawsservice': ['false'],
  });
});

test('a root and the anonymous', () => {
  const asRoot = context({ identity: root });
  assert.equal(asRoot.get('aws:username'), undefined);
  assert.deepEqual(asRoot.get('aws:userid'), ['111122223333']);
  assert.deepEqual(asRoot.get('aws:principaltype'), ['Account']);
  const anonymous = context({
    identity: { kind: 'anonymous' },
    authType: undefined,
    signatureVersion: undefined,
    signatureAgeMs: undefined,
  });
  for (const key of ['aws:username', 'aws:userid', 'aws:principalarn', 's3:authtype']) {
    assert.equal(anonymous.has(key), false, key);
  }
  assert.deepEqual(anonymous.get('aws:principalaccount'), ['anonymous']);
  assert.deepEqual(anonymous.get('aws:principaltype'), ['Anonymous']);
});

test('nothing a client sends sets a key that is not defined as that header', () => {
  const plain = context();
  const sent = new Map<string, readonly string[]>();
  for (const { name } of conditionKeys()) {
    const bare = name.toLowerCase().replace(/^[a-z0-9]+:/, '');
    for (const header of [name.toLowerCase(), bare, `x-amz-${bare}`]) {
      if (!header.startsWith('x-amz-x-')) sent.set(header, ['forged']);
    }
  }
  sent.set('x-forwarded-for', ['203.0.113.1']).set('x-forwarded-proto', ['http']);
  const query = [...sent.keys()].map((name) => [name, 'forged'] as const);
  const forged = context({ headers: sent, query });
  const own = new Set(['aws:referer', 'aws:useragent']);
  for (const { name } of conditionKeys().filter((key) => key.name.startsWith('aws:'))) {
    const key = name.toLowerCase();
    if (!own.has(key)) assert.deepEqual(forged.get(key), plain.get(key), key);
  }
  for (const key of ['authtype', 'signatureage', 'signatureversion', 'resourceaccount']) {
    assert.deepEqual(forged.get(`s3:${key}`), plain.get(`s3:${key}`), key);
  }
});

test('headers and parameters', () => {
  const given = context({
    headers: headers({
      'x-amz-server-side-encryption': 'AES256',
      'if-none-match': '*',
      'user-agent': 'curl',
      referer: 'https://example.com/',
      'x-amz-object-lock-mode': 'GOVERNANCE',
    }),
    query: [
      ['prefix', 'a/'],
      ['prefix', 'b/'],
      ['max-keys', '5'],
      ['versionId', 'v1'],
      ['delimiter', ''],
    ],
  });
  const expected: Record<string, readonly string[]> = {
    's3:x-amz-server-side-encryption': ['AES256'],
    's3:if-none-match': ['*'],
    'aws:useragent': ['curl'],
    'aws:referer': ['https://example.com/'],
    's3:object-lock-mode': ['GOVERNANCE'],
    's3:prefix': ['a/'],
    's3:max-keys': ['5'],
    's3:versionid': ['v1'],
    's3:delimiter': [''],
  };
  for (const [key, values] of Object.entries(expected)) assert.deepEqual(given.get(key), values);
  const twice = new Map([['x-amz-acl', ['private', 'public-read']]]);
  assert.deepEqual(context({ headers: twice }).get('s3:x-amz-acl'), ['private,public-read']);
});

test('one copy source has one spelling', () => {
  for (const [sent, seen] of [
    ['bucket/a/b', 'bucket/a/b'],
    ['/bucket/a/b', 'bucket/a/b'],
    ['%2Fbucket%2Fa/b', 'bucket/a/b'],
    ['bucket/a%20b?versionId=v1', 'bucket/a b?versionId=v1'],
    ['bucket/%zz', 'bucket/%zz'],
  ] as const) {
    const given = context({ headers: headers({ 'x-amz-copy-source': sent }) });
    assert.deepEqual(given.get('s3:x-amz-copy-source'), [seen]);
  }
});

test('addresses lose their zone and their IPv6 coat', () => {
  const seen = (remoteAddress: string): unknown => context({ remoteAddress }).get('aws:sourceip');
  assert.deepEqual(seen('::ffff:192.0.2.7'), ['192.0.2.7']);
  assert.deepEqual(seen('fe80::1%eth0'), ['fe80::1']);
  assert.deepEqual(seen('2001:db8::1'), ['2001:db8::1']);
});

test('tags of the request come from the header of operations that have one', () => {
  const tagging = headers({ 'x-amz-tagging': 'Class=a%20b&empty=&class=c' });
  const put = context({ headers: tagging });
  assert.deepEqual(put.get('s3:requestobjecttagkeys'), ['Class', 'empty', 'class']);
  assert.deepEqual(put.get('s3:requestobjecttag/class'), ['a b', 'c']);
  assert.deepEqual(put.get('s3:requestobjecttag/empty'), ['']);
  const body = context({ headers: tagging, operation: 'PutObjectTagging' });
  assert.equal(body.has('s3:requestobjecttagkeys'), false);
  assert.equal(body.has('s3:requestobjecttag/class'), false);
});

test('parts are no objects yet', () => {
  const creates = (operation: string): unknown =>
    context({ operation }).get('s3:objectcreationoperation');
  for (const operation of ['CreateMultipartUpload', 'UploadPart', 'UploadPartCopy']) {
    assert.deepEqual(creates(operation), ['false']);
  }
  for (const operation of ['PutObject', 'CopyObject', 'PostObject', 'CompleteMultipartUpload']) {
    assert.deepEqual(creates(operation), ['true']);
  }
});

test('a part is judged by what its upload was created with, and by nothing it claims itself', () => {
  const part = context({
    operation: 'UploadPart',
    headers: headers({
      'x-amz-server-side-encryption': 'AES256',
      'x-amz-acl': 'private',
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      'if-none-match': '*',
    }),
  });
  const created = headers({
    'x-amz-acl': 'bucket-owner-full-control',
    'x-amz-content-sha256': 'other',
    'x-amz-tagging': 'a=b',
  });
  const judged = uploadConditions(part, created);
  assert.equal(judged.has('s3:x-amz-server-side-encryption'), false);
  assert.deepEqual(judged.get('s3:x-amz-acl'), ['bucket-owner-full-control']);
  assert.deepEqual(judged.get('s3:x-amz-content-sha256'), ['UNSIGNED-PAYLOAD']);
  assert.deepEqual(judged.get('s3:if-none-match'), ['*']);
  assert.deepEqual(judged.get('s3:requestobjecttag/a'), ['b']);
  assert.deepEqual(judged.get('aws:username'), ['bob']);
  assert.ok([...judged.keys()].includes('s3:requestobjecttagkeys'));
});

test('layers: the first that knows a key wins', () => {
  const layered = layeredConditions(
    requestTagConditions([['a', '1']]),
    existingTagConditions([['B', '2']]),
    new Map([
      ['s3:requestobjecttag/a', ['0']],
      ['s3:prefix', ['p']],
    ]),
  );
  assert.deepEqual(layered.get('s3:requestobjecttag/a'), ['1']);
  assert.deepEqual(layered.get('s3:existingobjecttag/b'), ['2']);
  assert.deepEqual(layered.get('s3:prefix'), ['p']);
  assert.equal(layered.has('s3:delimiter'), false);
  assert.equal(layered.size, 5);
  const seen: string[] = [];
  layered.forEach((values, key) => seen.push(`${key}=${values.join()}`));
  assert.equal(seen.length, 5);
  assert.deepEqual([...layered.values()].length, 5);
});

test('every key that a request can have is a supported one', () => {
  const all = context({ query: [['prefix', '']], headers: headers({ 'x-amz-tagging': 'a=b' }) });
  for (const key of all.keys()) assert.equal(conditionKeyNamed(key)?.support, 'supported', key);
});

test('every supported key has a source', () => {
  const names = conditionKeys()
    .filter(({ support }) => support === 'supported')
    .map(({ name }) => name.toLowerCase().replace('<key>', 'a'));
  const sent = names.map((name) => name.replace(/^s3:/, ''));
  const request = context({
    headers: headers({
      ...Object.fromEntries(sent.map((name) => [name, 'x'])),
      'user-agent': 'x',
      referer: 'x',
      'x-amz-tagging': 'a=b',
      'x-amz-object-lock-mode': 'x',
      'x-amz-object-lock-legal-hold': 'x',
      'x-amz-object-lock-retain-until-date': 'x',
    }),
    query: [...sent, 'versionId'].map((name) => [name, '1'] as const),
  });
  assert.deepEqual(
    names.filter((name) => !request.has(name)),
    [
      // Handed in by whoever read them.
      's3:existingobjecttag/a',
      's3:locationconstraint',
      // Absent by nature: long-term credentials, users without tags.
      'aws:principaltag/a',
      'aws:multifactorauthpresent',
      'aws:multifactorauthage',
      'aws:tokenissuetime',
    ],
  );
});
