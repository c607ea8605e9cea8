/**
 * Coffer's closed table against AWS's own description of S3: every operation, its method, its path
 * and what marks it in the query; every request header that AWS knows is given, refused or read.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Refusal } from '../src/base/refusal.ts';
import { errorReply } from '../src/s3/errors.ts';
import { refuseUngiven } from '../src/s3/headers/unsupported.ts';
import { operationNames, succeededBy } from '../src/s3/operation-names.ts';
import type { AnyOperation, Route } from '../src/s3/operation.ts';
import { unbuiltOperations } from '../src/s3/unbuilt.ts';
import { type WireReply, assertReplyFitsShape, serviceModel } from './service-model.ts';

const folder = new URL('../src/s3/operations/', import.meta.url);

async function builtOperations(): Promise<readonly AnyOperation[]> {
  const files = readdirSync(folder).filter((file) => /^[a-z0-9-]+\.ts$/.test(file));
  const modules = await Promise.all(
    files.map((file) => import(new URL(file, folder).href) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((module) => Object.values(module)).filter(isOperation);
}

const isOperation = (value: unknown): value is AnyOperation =>
  typeof value === 'object' && value !== null && 'route' in value && 'permissions' in value;

const built = await builtOperations();
const table = [...built, ...unbuiltOperations];

test('the names are AWS’s, and PostObject', () => {
  const names = [...Object.keys(serviceModel.operations), 'PostObject'].sort();
  assert.deepEqual([...operationNames].sort(), names);
  const deprecated = Object.entries(serviceModel.operations).filter(
    ([, facts]) => facts.deprecated,
  );
  assert.deepEqual(Object.keys(succeededBy).sort(), deprecated.map(([name]) => name).sort());
});

test('every operation is built once, or answers by name', () => {
  const names = table.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, 'a name twice');
  const there = new Set<string>([...names, ...Object.keys(succeededBy)]);
  const missing = operationNames.filter((name) => !there.has(name));
  assert.deepEqual(missing, []);
});

/** A route as the model would write it. */
function asModelled(route: Route): { query: readonly string[]; path: string } {
  const value = route.queryValue === undefined ? [] : [route.queryValue.join('=')];
  return {
    query: [...(route.query ?? []), ...value].sort(),
    path: { service: '/', bucket: '/{Bucket}', object: '/{Bucket}/{Key+}' }[route.resource],
  };
}

/** Where the wire cannot tell what the model tells by other means. */
const differing: Readonly<Record<string, { query: readonly string[]; path: string }>> = {
  // On AWS it has an endpoint of its own.
  ListDirectoryBuckets: { query: ['max-directory-buckets'], path: '/' },
  // Its fixed path reads like a bucket's; the header decides.
  WriteGetObjectResponse: { query: [], path: '/{Bucket}' },
};

test('method, path and query are AWS’s', () => {
  for (const { name, route } of table) {
    const facts = serviceModel.operations[name];
    if (facts === undefined) {
      assert.equal(name, 'PostObject');
      continue;
    }
    const expected = differing[name] ?? { query: [...facts.query].sort(), path: facts.path };
    assert.equal(route.method, facts.method, name);
    assert.deepEqual(asModelled(route), expected, name);
    if (route.header !== undefined) assert.ok(facts.requiredHeaders.includes(route.header), name);
  }
});

/**
 * The model tells its own SDKs to send a digest with every document. S3 itself takes these without
 * one: s3cmd, minio-js and the SDKs before 2021 send none, and they work there.
 */
const takenWithoutDigest = new Set<string>([
  'PutBucketEncryption',
  'PutBucketOwnershipControls',
  'PutBucketPolicy',
  'PutBucketVersioning',
  'PutObjectTagging',
  'PutPublicAccessBlock',
]);

test('a document that AWS demands a digest of, demands one here', () => {
  for (const operation of built) {
    const { name } = operation;
    const modelled = serviceModel.operations[name]?.digestRequired === true;
    const demanded = modelled && !takenWithoutDigest.has(name);
    assert.equal(operation.needsDigest === true, demanded, name);
  }
});

/** Read by the operation that has them, or of no effect (headers/unsupported.ts says which and why). */
const readElsewhere = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'range',
  'x-amz-checksum-mode',
  'x-amz-confirm-remove-self-bucket-access',
  'x-amz-copy-source',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-copy-source-range',
  'x-amz-expected-bucket-owner',
  'x-amz-max-parts',
  'x-amz-metadata-directive',
  'x-amz-mp-object-size',
  'x-amz-object-annotation-directive',
  'x-amz-object-attributes',
  'x-amz-object-ownership',
  'x-amz-optional-object-attributes',
  'x-amz-part-number-marker',
  'x-amz-request-payer',
  'x-amz-source-expected-bucket-owner',
  'x-amz-tagging-directive',
]);

test('every request header that AWS knows is given, refused by name, or read', () => {
  for (const operation of built) {
    const facts = serviceModel.operations[operation.name];
    // With nothing given, all that is not read elsewhere must be refused.
    const bare = { ...operation, body: 'stream' as const, gives: [] };
    for (const modelled of facts?.headers ?? []) {
      const name = modelled.endsWith('-meta-') ? `${modelled}x` : modelled;
      const refuse = (): void => refuseUngiven(bare, { headers: new Map([[name, ['x']]]) });
      if (readElsewhere.has(name)) refuse();
      else assert.throws(refuse, Refusal, `${operation.name} ignores ${name}`);
    }
  }
});

test('the errors that AWS models have its status', () => {
  const place = { resource: '/', requestId: 'r', hostId: 'h', head: false };
  for (const code of [
    'AccessDenied',
    'BucketAlreadyExists',
    'BucketAlreadyOwnedByYou',
    'InvalidRequest',
    'NoSuchBucket',
    'NoSuchKey',
    'NoSuchUpload',
  ] as const) {
    assert.equal(errorReply(new Refusal(code), place).status, serviceModel.errors[code], code);
  }
});

test('the measure takes what AWS would send and nothing else', () => {
  const root = (name: string, inner: string): string =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;
  const reply = (body: string, headers: Record<string, string> = {}, status = 200): WireReply => ({
    status,
    body,
    headers: { 'x-amz-request-id': 'r', ...headers },
  });
  const date = 'Fri, 02 Jan 2026 03:04:05 GMT';
  const bucket =
    '<Bucket><Name>b</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket>';
  const list = (inner: string): string =>
    root('ListAllMyBucketsResult', `<Buckets>${inner}</Buckets>`);
  assertReplyFitsShape('ListBuckets', reply(list(bucket + bucket)));
  assertReplyFitsShape('GetObject', reply('bytes', { 'Last-Modified': date, 'x-amz-meta-a': '1' }));
  assertReplyFitsShape('GetObject', reply('b', { 'Content-Range': 'bytes 0-0/5' }, 206));
  assertReplyFitsShape('DeleteObject', reply('', { 'x-amz-delete-marker': 'true' }, 204));
  assertReplyFitsShape('GetObject', reply('', { ETag: '"e"' }, 304));
  for (const [name, bad] of [
    ['ListBuckets', reply(list(bucket.replace('.000Z', '')))],
    ['ListBuckets', reply(list('<Owner/>'))],
    ['ListBuckets', reply(root('ListAllMyBucketsResult', bucket))],
    ['ListBuckets', reply(list(bucket).replace(/ xmlns="[^"]*"/, ''))],
    ['ListBuckets', reply(list(bucket), {}, 201)],
    ['ListBuckets', { ...reply(list(bucket)), headers: {} }],
    ['GetObject', reply('b', { 'x-amz-coffer': '1' })],
    ['GetObject', reply('b', { 'Last-Modified': '2026-01-02' })],
    ['GetObject', reply('b', { 'x-amz-delete-marker': 'yes' })],
    ['GetObject', reply('b', { 'x-amz-server-side-encryption': 'AES512' })],
    ['PutObject', reply('body')],
    ['HeadObject', reply('body')],
    ['GetObject', reply('<Error><Code>NoSuchKey</Code></Error>', {}, 404)],
    [
      'GetObjectAttributes',
      reply(root('GetObjectAttributesResponse', '<ObjectSize>many</ObjectSize>')),
    ],
  ] as const) {
    assert.throws(() => assertReplyFitsShape(name, bad), `${name} ${JSON.stringify(bad)}`);
  }
});
