/** SECURITY-REGRESSIONS, "Authentication", "Encryption" and "Paths, parsers, resources": single requests. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { openFileBlobs } from '../../src/engines/files/blobs.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { s3House } from './s3-house.ts';
import { byHeader, byQuery, type Signable, signer, withoutSignature } from './signed.ts';

async function houseWithBucket(options: Parameters<typeof s3House>[0] = {}) {
  const house = await s3House(options);
  const bucket = { account: house.rootAccount, region: 'us-east-1', mode: 'modern' } as const;
  await house.store.buckets.create({ ...bucket, name: 'bucket' });
  await house.store.buckets.create({ ...bucket, name: 'other' });
  const as = (request: Signable) => house.ask(byHeader(request, signer(house.root)));
  return { house, as };
}

const put = (path: string, body: string, headers: Signable['headers'] = {}): Signable => ({
  method: 'PUT',
  path,
  body,
  headers,
});
const get = (path: string, headers: Signable['headers'] = {}): Signable => ({
  method: 'GET',
  path,
  headers,
});

test('credentials that other stores ship with are nobody’s here', async () => {
  const { house } = await houseWithBucket();
  for (const [accessKeyId, secretKey] of [
    ['minioadmin', 'minioadmin'],
    ['rustfsadmin', 'rustfsadmin'],
    ['admin', 'admin'],
    ['root', 'root'],
    ['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
  ] as const) {
    const answer = await house.ask(byHeader(get('/'), signer({ accessKeyId, secretKey })));
    assert.equal(answer.code, 'InvalidAccessKeyId', accessKeyId);
  }
});

test('conditional headers answer nothing before authentication (CVE-2024-36107)', async () => {
  const { house, as } = await houseWithBucket();
  const { headers } = await as(put('/bucket/key', 'text'));
  const conditions: readonly Readonly<Record<string, string>>[] = [
    { 'if-none-match': headers['etag'] ?? '' },
    { 'if-match': '"0"' },
    { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
    { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
    { range: 'bytes=999-' },
  ];
  for (const condition of conditions) {
    for (const method of ['GET', 'HEAD']) {
      const request = { ...get('/bucket/key', condition), method };
      assert.equal((await house.ask(withoutSignature(request))).status, 403);
      const wrong = signer({ ...house.root, secretKey: 'wrong' });
      assert.equal((await house.ask(byHeader(request, wrong))).status, 403);
    }
  }
});

test('a precondition, and a wish for encryption, stand behind a thousand headers', async () => {
  const { as } = await houseWithBucket({ newBuckets: 'classic' });
  await as(put('/bucket/key', 'first'));
  const many: Record<string, string> = {};
  for (let index = 0; index < 1_500; index++) many[`x-padding-${index}`] = 'p';
  const refused = await as(put('/bucket/key', 'second', { ...many, 'if-none-match': '*' }));
  assert.equal(refused.code, 'PreconditionFailed');
  const sse = { ...many, 'x-amz-server-side-encryption': 'aws:kms' };
  assert.ok((await as(put('/bucket/key', 'third', sse))).status >= 400);
  assert.equal((await as(get('/bucket/key'))).text, 'first');
});

test('nothing a client sends changes what is said of encryption (CVE-2026-34204)', async () => {
  const { house, as } = await houseWithBucket();
  const { store } = house;
  const account = house.rootAccount;
  await store.buckets.create({ name: 'classic', account, region: 'us-east-1', mode: 'classic' });
  const sse = 'x-amz-server-side-encryption';
  const forged = {
    'x-amz-meta-x-amz-server-side-encryption': 'AES256',
    'x-amz-meta-x-amz-unencrypted-content-length': '1',
    'x-amz-meta-x-amz-key-v2': 'a',
    'x-amz-meta-protection': 'none',
    'x-minio-internal-server-side-encryption-sealed-key': 'a',
    'x-coffer-protection': 'none',
  };
  for (const [bucket, promised] of [
    ['bucket', 'AES256'],
    ['classic', undefined],
  ] as const) {
    assert.equal((await as(put(`/${bucket}/key`, 'text', forged))).headers[sse], promised);
    for (const method of ['GET', 'HEAD']) {
      const { headers } = await as({ ...get(`/${bucket}/key`), method });
      assert.equal(headers[sse], promised);
      assert.equal(headers['x-amz-meta-protection'], 'none');
      assert.deepEqual(
        Object.keys(headers).filter((name) => /minio|coffer/.test(name)),
        [],
      );
    }
    assert.equal((await as(get(`/${bucket}/key`))).text, 'text');
  }
});

test('keys that look like paths stay keys (CVE-2026-54917)', async () => {
  await using folder = await temporaryFolder();
  const onFailure = (fault: Error): never => {
    throw fault;
  };
  const blobs = await openFileBlobs({ path: `${folder.path}/blobs`, onFailure });
  const { house, as } = await houseWithBucket({ blobs });
  const keys = [
    '../other/key',
    '../../../../etc/passwd',
    '..',
    '.',
    'a/../../b',
    '//etc/x',
    'c:\\x',
    '%2e%2e/',
    'nul\u0000byte',
    '..%2f..%2f',
  ];
  const large = 'x'.repeat(20_000);
  for (const key of keys) {
    assert.equal((await as(put(`/bucket/${key}`, large + key))).status, 200, key);
  }
  for (const key of keys) assert.equal((await as(get(`/bucket/${key}`))).text, large + key, key);
  const { text } = await as({ ...get('/other'), query: [['list-type', '2']] });
  assert.match(text, /<KeyCount>0<\/KeyCount>/);
  const found = readdirSync(folder.path, { recursive: true, withFileTypes: true });
  for (const entry of found.filter((each) => each.isFile())) {
    assert.match(`${entry.parentPath}/${entry.name}`, /\/blobs\/[0-9a-f]{2}\/[0-9a-f]{32}$/);
  }
  // Without the encoding of a key, as a path on the wire.
  for (const target of ['/bucket/../other/key', '/bucket/..%2Fother%2Fkey']) {
    const signed = byHeader(get('/bucket/../other/key'), signer(house.root));
    assert.equal((await house.ask({ ...signed, target })).text, `${large}../other/key`);
  }
  await blobs.close();
});

test('no reply header is a client’s to write', async () => {
  const { house, as } = await houseWithBucket();
  const injection = 'a\r\nx-injected: 1';
  const { root } = house;
  await as(put('/bucket/key', 'text'));
  // What comes in a query or a form may hold what no header can.
  for (const name of [
    'response-content-type',
    'response-content-disposition',
    'response-expires',
  ]) {
    const request = { ...get('/bucket/key'), query: [[name, injection] as const] };
    assert.equal((await as(request)).code, 'InvalidArgument', name);
  }
  for (const name of [
    'x-amz-meta-a',
    'x-amz-tagging',
    'x-amz-acl',
    'x-amz-checksum-crc32',
    'x-amz-storage-class',
  ]) {
    const request = { ...put('/bucket/injected', 'x'), query: [[name, injection] as const] };
    const answer = await house.ask(byQuery(request, signer(root)));
    assertPlain(answer.headers);
    assertPlain((await as(get('/bucket/injected'))).headers);
  }
  for (const query of [
    [['versionId', injection]],
    [['uploadId', injection]],
    [['prefix', injection]],
  ] as const) {
    for (const method of ['GET', 'DELETE', 'HEAD']) {
      assertPlain((await as({ method, path: '/bucket/key', query })).headers);
    }
  }
  const key = `/bucket/${injection}`;
  assert.equal((await as(put(key, 'x'))).status, 200);
  assertPlain((await as(get(key))).headers);
  assert.deepEqual(house.failures, []);
});

function assertPlain(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    assert.match(name, /^[\w-]+$/);
    // oxlint-disable-next-line no-control-regex -- what would end a header
    assert.doesNotMatch(value, /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/, name);
  }
}

test('an origin is not echoed, nor a preflight answered', async () => {
  const { house, as } = await houseWithBucket();
  await as(put('/bucket/key', 'text'));
  const origin = { origin: 'https://evil.test', 'access-control-request-method': 'PUT' };
  for (const answer of [
    await as(get('/bucket/key', origin)),
    await house.ask(withoutSignature(get('/bucket/key', origin))),
    await house.ask(withoutSignature({ ...get('/bucket/key', origin), method: 'OPTIONS' })),
  ]) {
    const told = JSON.stringify([answer.headers, answer.text]);
    assert.doesNotMatch(told, /access-control|evil/i);
  }
});

test('a bucket in the host is the bucket, whatever the path says', async () => {
  const { as } = await houseWithBucket({ domains: ['s3.test'] });
  const hosted = { ...put('/other/key', 'of bucket'), host: 'bucket.s3.test:9000' };
  assert.equal((await as(hosted)).status, 200);
  assert.equal((await as(get('/bucket/other/key'))).text, 'of bucket');
  assert.equal((await as(get('/other/key'))).code, 'NoSuchKey');
  // A signature for one host is none for another.
  const { house } = await houseWithBucket({ domains: ['s3.test'] });
  const sent = byHeader(hosted, signer(house.root));
  const elsewhere = (sent.headers ?? []).map(([name, value]) =>
    name === 'host' ? ([name, 'other.s3.test:9000'] as const) : ([name, value] as const),
  );
  assert.equal((await house.ask({ ...sent, headers: elsewhere })).code, 'SignatureDoesNotMatch');
});
