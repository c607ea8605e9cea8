/**
 * SECURITY-REGRESSIONS, "Policy": what other stores let past a policy. Three accounts: the owner of
 * `bucket`, a guest whom a policy lets into parts of it, and a stranger.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byHeader, byQuery, type Signable, signer, unsignedBody } from './signed.ts';
import { allow, bucketArn, deny, document, get, object, put, scene } from './three-accounts.ts';

test('a copy and a part copied need the right to read the source', async () => {
  const { guest, guestId, as, policy, house } = await scene();
  await policy([allow(guestId, 's3:GetObject', 'arn:aws:s3:::bucket/open/*')]);
  const target = { method: 'PUT', path: '/guests/copy' };
  const copy = (source: string, query: Signable['query'] = []): Signable => ({
    ...target,
    query,
    headers: { 'x-amz-copy-source': source },
  });
  assert.equal((await as(guest, copy('bucket/open/a'))).status, 200);
  const began = await as(guest, { method: 'POST', path: '/guests/copy', query: [['uploads', '']] });
  const uploadId = /<UploadId>([^<]+)/.exec(began.text)?.[1] ?? '';
  const part = [
    ['partNumber', '1'],
    ['uploadId', uploadId],
  ] as const;
  assert.equal((await as(guest, copy('bucket/open/a', part))).status, 200);
  for (const source of [
    'bucket/secret/a',
    'bucket/open/../secret/a',
    'bucket/secret%2Fa',
    '/bucket/none',
  ]) {
    for (const query of [[], part]) {
      assert.equal((await as(guest, copy(source, query))).code, 'AccessDenied', source);
    }
  }
  const { text } = await as(guest, get('/guests/copy'));
  assert.equal(text, 'open/a');
  assert.deepEqual(house.failures, []);
});

test('a version is read with the right to read versions, and no other', async () => {
  const { house, guest, guestId, as, policy } = await scene();
  await house.store.buckets.change('bucket', { versioning: 'enabled' });
  await policy([
    allow(
      guestId,
      ['s3:GetObject', 's3:GetObjectTagging', 's3:GetObjectAcl', 's3:GetObjectAttributes'],
      object,
    ),
    allow(guestId, 's3:ListBucket', bucketArn),
  ]);
  const version: Signable['query'] = [['versionId', 'null']];
  const headers = { 'x-amz-object-attributes': 'ETag' };
  const reads: readonly Signable[] = [
    get('/bucket/open/a'),
    { ...get('/bucket/open/a'), method: 'HEAD' },
    get('/bucket/open/a', [['tagging', '']]),
    get('/bucket/open/a', [['acl', '']]),
    { ...get('/bucket/open/a', [['attributes', '']]), headers },
  ];
  for (const read of reads) {
    assert.equal((await as(guest, read)).status, 200, JSON.stringify(read));
    const older: Signable = { ...read, query: [...(read.query ?? []), ...version] };
    assert.equal((await as(guest, older)).status, 403, JSON.stringify(older));
  }
  const copy = { 'x-amz-copy-source': 'bucket/open/a?versionId=null' };
  const copied = await as(guest, { method: 'PUT', path: '/guests/copy', headers: copy });
  assert.equal(copied.code, 'AccessDenied');
  await policy([allow(guestId, 's3:GetObjectVersion', object)]);
  assert.equal((await as(guest, get('/bucket/open/a', version))).status, 200);
  assert.equal((await as(guest, get('/bucket/open/a'))).status, 403);
});

test('no header sets where a request comes from or who sent it', async () => {
  const { house, guest, guestId, as, policy } = await scene();
  const inside = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
  const named = { StringEquals: { 'aws:username': 'admin' } };
  const secure = { Bool: { 'aws:SecureTransport': 'true' } };
  for (const condition of [inside, named, secure]) {
    await policy([{ ...allow(guestId, 's3:GetObject', object), Condition: condition }]);
    const headers = {
      'x-forwarded-for': '10.0.0.1',
      'x-real-ip': '10.0.0.1',
      forwarded: 'for=10.0.0.1;proto=https',
      'x-forwarded-proto': 'https',
      'aws:sourceip': '10.0.0.1',
      'aws:username': 'admin',
      'x-amz-username': 'admin',
    };
    const { 'aws:sourceip': _, 'aws:username': __, ...signable } = headers;
    const plain = await as(guest, { ...get('/bucket/open/a'), headers: signable });
    assert.equal(plain.code, 'AccessDenied', JSON.stringify(condition));
    const query = [...Object.entries(headers), ['aws:SourceIp', '10.0.0.1'] as const];
    const asked = await as(guest, get('/bucket/open/a', query));
    assert.equal(asked.code, 'AccessDenied', JSON.stringify(condition));
  }
  assert.deepEqual(house.failures, []);
});

test('a key has one spelling to a policy, whatever its spelling on the wire', async () => {
  const { house, guest, guestId, policy } = await scene();
  await put(house, 'SECRET/a');
  await policy([
    allow(guestId, 's3:GetObject', object),
    allow(guestId, 's3:ListBucket', bucketArn),
    deny('s3:GetObject', 'arn:aws:s3:::bucket/secret/*'),
  ]);
  const spelled = (target: string, path: string) => {
    const sent = byHeader(get(path), signer(guest));
    return house.ask({ ...sent, target });
  };
  for (const target of [
    '/bucket/secret/a',
    '/bucket/%73ecret/a',
    '/bucket/secret%2Fa',
    '/%62ucket/secret/a',
  ]) {
    assert.equal((await spelled(target, '/bucket/secret/a')).code, 'AccessDenied', target);
  }
  // Another case, two slashes and dots are other keys.
  assert.equal((await spelled('/bucket/SECRET/a', '/bucket/SECRET/a')).text, 'SECRET/a');
  for (const key of ['/secret/a', 'open/../secret/a', './secret/a', 'secret/./a']) {
    const answer = await spelled(`/bucket/${key}`, `/bucket/${key}`);
    assert.notEqual(answer.status, 200, key);
  }
});

test('a condition on a copy’s source holds for every spelling of it', async () => {
  const { house, as, policy, user } = await scene();
  const key = await user([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
  for (const [pattern, spellings] of [
    ['bucket/a b', ['bucket/a%20b', 'bucket/a+b', '/bucket/a+b', '%62ucket/a%20b']],
    ['bucket/ü', ['bucket/%C3%BC', 'bucket/ü', '/bucket/%c3%bc']],
  ] as const) {
    await policy([
      deny('s3:PutObject', object, { StringLike: { 's3:x-amz-copy-source': pattern } }),
    ]);
    for (const source of spellings) {
      const headers = { 'x-amz-copy-source': source };
      const answer = await as(key, { method: 'PUT', path: '/bucket/copy', headers });
      assert.equal(answer.code, 'AccessDenied', source);
    }
  }
  assert.deepEqual(house.failures, []);
});

test('tags are judged as they are stored, not as one of two headers says', async () => {
  const { house, policy, user } = await scene();
  const key = await user([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
  const other = { StringNotEquals: { 's3:RequestObjectTag/env': 'dev' } };
  await policy([deny('s3:PutObject', object, other)]);
  const headers = { 'x-amz-tagging': 'env=dev,x=1' };
  const sent = byHeader({ method: 'PUT', path: '/bucket/t', headers, body: 'x' }, signer(key));
  const twice = (sent.headers ?? []).flatMap(([name, value]) =>
    name === 'x-amz-tagging'
      ? [[name, 'env=dev'] as const, [name, 'x=1'] as const]
      : [[name, value] as const],
  );
  const answer = await house.ask({ ...sent, headers: twice });
  assert.notEqual(answer.status, 200);
  const fine = { method: 'PUT', path: '/bucket/t', headers: { 'x-amz-tagging': 'env=dev' } };
  assert.equal((await house.ask(byHeader(fine, signer(key)))).status, 200);
});

test('an expected owner is compared with the owner of the bucket it is about', async () => {
  const { house, guestId, as, policy, guest } = await scene();
  await policy([allow(guestId, ['s3:GetObject', 's3:GetObjectTagging'], object)]);
  const { rootAccount } = house;
  const copy = (target: string, source: string): Signable => ({
    method: 'PUT',
    path: '/guests/copy',
    headers: {
      'x-amz-copy-source': 'bucket/open/a',
      'x-amz-expected-bucket-owner': target,
      'x-amz-source-expected-bucket-owner': source,
      // Compares an ETag of the target: a GetObject that is not the source's.
      'if-match': '"0"',
    },
  });
  // It is the target that is missing, and its own to be told about.
  assert.equal((await as(guest, copy(guestId, rootAccount))).code, 'NoSuchKey');
  const there = { method: 'PUT', path: '/guests/copy', body: 'there' };
  assert.equal((await as(guest, there)).status, 200);
  assert.equal((await as(guest, copy(guestId, rootAccount))).code, 'PreconditionFailed');
  assert.equal((await as(guest, copy(rootAccount, rootAccount))).code, 'AccessDenied');
  assert.equal((await as(guest, copy(guestId, guestId))).code, 'AccessDenied');
  const headers = { 'x-amz-expected-bucket-owner': guestId };
  assert.equal((await as(house.root, { ...get('/bucket/open/a'), headers })).code, 'AccessDenied');
});

test('who may not list is not told what exists, by any default answer or listing of tags', async () => {
  const { guest, guestId, as, policy, house } = await scene();
  await policy([
    allow(
      guestId,
      [
        's3:GetObject',
        's3:GetObjectAcl',
        's3:GetObjectTagging',
        's3:PutObjectTagging',
        's3:DeleteObjectTagging',
        's3:GetObjectAttributes',
      ],
      object,
    ),
  ]);
  const tags = document('PUT', '/bucket/none', [['tagging', '']], '<Tagging><TagSet/></Tagging>');
  const attributes = { 'x-amz-object-attributes': 'ETag' };
  for (const request of [
    get('/bucket/none'),
    get('/bucket/none', [['acl', '']]),
    get('/bucket/none', [['tagging', '']]),
    { ...get('/bucket/none', [['attributes', '']]), headers: attributes },
    { method: 'DELETE', path: '/bucket/none', query: [['tagging', ''] as const] },
    tags,
  ]) {
    assert.equal((await as(guest, request)).code, 'AccessDenied', JSON.stringify(request));
  }
  assert.deepEqual(house.failures, []);
});

test('a copy that is presigned is a copy, in whatever case its parameters are', async () => {
  const { house, as } = await scene();
  const headers = { 'x-amz-copy-source': 'bucket/open/a' };
  const request = { method: 'PUT', path: '/bucket/copy', query: Object.entries(headers) };
  const sent = byQuery(request, signer(house.root));
  const target = sent.target.replace('X-Amz-Signature=', 'x-amz-signature=');
  for (const spelled of [sent.target, target]) {
    const answer = await house.ask({ ...sent, target: spelled });
    assert.match(answer.text, /CopyObjectResult/, spelled);
  }
  assert.equal((await as(house.root, get('/bucket/copy'))).text, 'open/a');
});

test('a public policy that is still on its way when it is forbidden is refused', async () => {
  const { house } = await scene();
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: object }],
  });
  const block = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true };
  const request = document('PUT', '/bucket', [['policy', '']], text);
  const sent = unsignedBody(request, house.root);
  const body = (async function* () {
    yield Buffer.from(text.slice(0, -1));
    const publicAccessBlock = { ...block, restrictPublicBuckets: true };
    await house.store.buckets.change('bucket', { publicAccessBlock });
    yield Buffer.from(text.slice(-1));
  })();
  const answer = await house.ask({ ...sent, body, contentLength: text.length });
  assert.equal(answer.code, 'AccessDenied');
  assert.match(answer.text, /BlockPublicPolicy/);
});
