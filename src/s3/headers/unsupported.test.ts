import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../base/refusal.ts';
import { type AnyOperation, type Guarantee, type Operation, operation } from '../operation.ts';
import { refuseUngiven } from './unsupported.ts';

function fake(
  method: 'GET' | 'PUT',
  body: Operation<unknown, unknown>['body'],
  gives: readonly Guarantee[],
): AnyOperation {
  return operation<undefined, undefined>({
    name: method === 'GET' ? 'GetObject' : 'PutObject',
    route: { method, resource: 'object' },
    body,
    gives,
    input: () => undefined,
    permissions: () => [],
    run: async () => undefined,
    output: () => ({ status: 200, headers: {} }),
  });
}

const put = fake('PUT', 'stream', ['checksum', 'conditional-write', 'metadata', 'sse']);
const bare = fake('PUT', 'stream', []);
const document = fake('PUT', 'document', []);
const get = fake('GET', 'none', ['conditional-read']);

function ask(of: AnyOperation, entries: Record<string, string>): string {
  const headers = new Map(Object.entries(entries).map(([name, value]) => [name, [value]]));
  try {
    refuseUngiven(of, { headers });
    return 'given';
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return error.code;
  }
}

test('what an operation gives is given; anything else is refused by name', () => {
  for (const name of ['x-amz-meta-a', 'content-md5', 'x-amz-checksum-crc32', 'x-amz-trailer']) {
    assert.equal(ask(put, { [name]: 'x' }), 'given', name);
    assert.equal(ask(bare, { [name]: 'x' }), 'NotImplemented', name);
  }
  for (const name of ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']) {
    assert.equal(ask(put, { [name]: '*' }), 'given', name);
    assert.equal(ask(bare, { [name]: '*' }), 'NotImplemented', name);
    assert.equal(ask(get, { [name]: '*' }), 'given', name);
  }
  for (const name of ['x-amz-acl', 'x-amz-grant-write', 'x-amz-tagging', 'x-amz-storage-class']) {
    assert.equal(ask(put, { [name]: 'x' }), 'NotImplemented', name);
  }
  assert.equal(ask(put, { 'x-amz-server-side-encryption': 'AES256' }), 'given');
});

test('the SSE header on a read is a 400', () => {
  assert.equal(ask(get, { 'x-amz-server-side-encryption': 'AES256' }), 'InvalidRequest');
  assert.equal(ask(document, { 'x-amz-server-side-encryption': 'aws:kms' }), 'InvalidRequest');
});

test('a document’s checksum is always verified', () => {
  for (const name of ['content-md5', 'x-amz-sdk-checksum-algorithm', 'x-amz-checksum-sha256']) {
    assert.equal(ask(document, { [name]: 'x' }), 'given', name);
  }
  assert.equal(ask(document, { 'x-amz-checksum-algorithm': 'CRC32' }), 'NotImplemented');
});

test('what nobody gives', () => {
  const sse = 'x-amz-server-side-encryption';
  for (const name of [
    'x-amz-object-lock-mode',
    'x-amz-object-lock-retain-until-date',
    'x-amz-object-lock-legal-hold',
    'x-amz-website-redirect-location',
    'x-amz-write-offset-bytes',
    'x-amz-mfa',
    'x-amz-bucket-namespace',
    'x-amz-checksum-sha512',
    'x-amz-checksum-xxhash64',
    'x-amz-bucket-object-lock-enabled',
    'x-amz-bypass-governance-retention',
    `${sse}-customer-algorithm`,
    `${sse}-customer-key`,
    `${sse}-customer-key-md5`,
    `x-amz-copy-source-server-side-encryption-customer-key`,
    `${sse}-bucket-key-enabled`,
  ]) {
    assert.equal(ask(put, { [name]: 'true' }), 'NotImplemented', name);
  }
  assert.equal(ask(get, { [`${sse}-customer-algorithm`]: 'AES256' }), 'InvalidRequest');
  assert.equal(ask(put, { [`${sse}-aws-kms-key-id`]: 'k', [sse]: 'AES256' }), 'InvalidArgument');
  assert.equal(ask(put, { [`${sse}-aws-kms-key-id`]: 'k', [sse]: 'aws:kms' }), 'NotImplemented');
  assert.equal(ask(put, { [`${sse}-context`]: 'k' }), 'InvalidArgument');
});

test('what asks for nothing passes', () => {
  for (const entries of [
    { 'x-amz-bucket-object-lock-enabled': 'false' },
    { 'x-amz-object-lock-legal-hold': 'OFF' },
    { 'x-amz-request-payer': 'requester' },
    { 'x-amz-checksum-mode': 'ENABLED' },
    { 'x-amz-date': 'x', 'content-type': 'x', 'cache-control': 'x', 'if-range': 'x' },
  ]) {
    assert.equal(ask(bare, entries), 'given', JSON.stringify(entries));
  }
});
