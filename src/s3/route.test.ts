import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Defect, Refusal } from '../base/refusal.ts';
import { type OperationName, operationNames, succeededBy } from './operation-names.ts';
import { type AnyOperation, type Route, operation } from './operation.ts';
import { parseQuery } from './query.ts';
import { routeTable } from './route.ts';
import { rawQuery } from '../base/request-target.ts';
import { parseTarget } from './target.ts';
import { unbuiltOperations } from './unbuilt.ts';

function fake(name: OperationName, route: Route): AnyOperation {
  return operation<undefined, undefined>({
    name,
    route,
    body: 'none',
    gives: [],
    input: () => undefined,
    permissions: () => [],
    run: async () => undefined,
    output: () => ({ status: 200, headers: {} }),
  });
}

const plain: readonly AnyOperation[] = [
  fake('ListBuckets', { method: 'GET', resource: 'service' }),
  fake('CreateBucket', { method: 'PUT', resource: 'bucket' }),
  fake('HeadBucket', { method: 'HEAD', resource: 'bucket' }),
  fake('DeleteBucket', { method: 'DELETE', resource: 'bucket' }),
  fake('ListObjects', { method: 'GET', resource: 'bucket' }),
  fake('ListObjectsV2', { method: 'GET', resource: 'bucket', queryValue: ['list-type', '2'] }),
  fake('PostObject', { method: 'POST', resource: 'bucket', contentType: 'multipart/form-data' }),
  fake('DeleteObjects', { method: 'POST', resource: 'bucket', query: ['delete'] }),
  fake('GetBucketTagging', { method: 'GET', resource: 'bucket', query: ['tagging'] }),
  fake('PutObject', { method: 'PUT', resource: 'object' }),
  fake('CopyObject', { method: 'PUT', resource: 'object', header: 'x-amz-copy-source' }),
  fake('GetObject', { method: 'GET', resource: 'object' }),
  fake('HeadObject', { method: 'HEAD', resource: 'object' }),
  fake('DeleteObject', { method: 'DELETE', resource: 'object' }),
  fake('GetObjectTagging', { method: 'GET', resource: 'object', query: ['tagging'] }),
  fake('CreateMultipartUpload', { method: 'POST', resource: 'object', query: ['uploads'] }),
  fake('UploadPart', { method: 'PUT', resource: 'object', query: ['partNumber', 'uploadId'] }),
  fake('UploadPartCopy', {
    method: 'PUT',
    resource: 'object',
    query: ['partNumber', 'uploadId'],
    header: 'x-amz-copy-source',
  }),
  fake('CompleteMultipartUpload', { method: 'POST', resource: 'object', query: ['uploadId'] }),
  fake('AbortMultipartUpload', { method: 'DELETE', resource: 'object', query: ['uploadId'] }),
  fake('ListParts', { method: 'GET', resource: 'object', query: ['uploadId'] }),
];

/** The rest of the closed table, on routes out of the way. */
const rest = operationNames
  .filter(
    (name) =>
      !(name in succeededBy) &&
      ![...plain, ...unbuiltOperations].some((operation) => operation.name === name),
  )
  .map((name) => fake(name, { method: 'POST', resource: 'service', query: [`fake-${name}`] }));

const table = routeTable([...plain, ...rest, ...unbuiltOperations]);

function find(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const [method = '', target = ''] = line.split(' ');
  const map = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const request = { method, target, headers: map };
  const aim = parseTarget(request, { domains: [] });
  try {
    return table.find(request, aim, parseQuery(rawQuery(target))).name;
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return `${error.code} ${error.detail.headers?.['Allow'] ?? ''}`.trim();
  }
}

test('method, resource, query, header and media type decide', () => {
  const copy = { 'x-amz-copy-source': '/b/k' };
  const form = { 'content-type': 'Multipart/Form-Data; boundary=x' };
  assert.equal(find('GET /'), 'ListBuckets');
  assert.equal(find('GET /bkt'), 'ListObjects');
  assert.equal(find('GET /bkt?list-type=1'), 'ListObjects');
  assert.equal(find('GET /bkt?prefix=a&list-type=2'), 'ListObjectsV2');
  assert.equal(find('POST /bkt', form), 'PostObject');
  assert.equal(find('POST /bkt?delete'), 'DeleteObjects');
  assert.equal(find('POST /bkt?delete=', form), 'DeleteObjects');
  assert.equal(find('PUT /bkt/k?x-id=PutObject'), 'PutObject');
  assert.equal(find('PUT /bkt/k', copy), 'CopyObject');
  assert.equal(find('PUT /bkt/k?partNumber=1&uploadId=u'), 'UploadPart');
  assert.equal(find('PUT /bkt/k?uploadId=u&partNumber=1', copy), 'UploadPartCopy');
  assert.equal(find('GET /bkt/k?partNumber=1'), 'GetObject');
  assert.equal(find('GET /bkt/k?versionId=1&response-expires=x&unheard-of'), 'GetObject');
  assert.equal(find('DELETE /bkt/k?uploadId=u'), 'AbortMultipartUpload');
  assert.equal(find('DELETE /bkt/k?versionId='), 'DeleteObject');
  assert.equal(find('GET /bkt?analytics'), 'ListBucketAnalyticsConfigurations');
  assert.equal(find('GET /bkt?analytics&id=x'), 'GetBucketAnalyticsConfiguration');
  assert.equal(find('POST /bkt/k?select&select-type=2'), 'SelectObjectContent');
  assert.equal(
    find('POST /WriteGetObjectResponse', { 'x-amz-request-route': 'r' }),
    'WriteGetObjectResponse',
  );
});

test('a sub-resource never falls through to the plain operation', () => {
  for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'DELETE']) {
    for (const { name, route } of table.operations) {
      for (const marker of route.query ?? []) {
        if (['partNumber', 'id', 'annotationName', 'max-directory-buckets'].includes(marker))
          continue;
        for (const path of ['/bkt', '/bkt/k']) {
          const found = find(`${method} ${path}?${marker}=`);
          const operation = table.operations.find((candidate) => candidate.name === found);
          if (operation === undefined) assert.match(found, /^(MethodNotAllowed|InvalidRequest)/);
          else
            assert.ok(
              operation.route.query?.includes(marker),
              `${method} ${path} ${name}: ${found}`,
            );
        }
      }
    }
  }
});

test('405 names the methods that there are', () => {
  assert.equal(find('DELETE /bkt/k?torrent'), 'MethodNotAllowed GET');
  assert.equal(find('POST /bkt/k'), 'MethodNotAllowed GET, HEAD, PUT, DELETE');
  assert.equal(find('PATCH /bkt/k'), 'MethodNotAllowed GET, HEAD, PUT, DELETE');
  assert.equal(find('PUT /'), 'MethodNotAllowed GET');
  assert.equal(find('HEAD /bkt?tagging'), 'MethodNotAllowed GET');
});

test('half a route, two sub-resources and unheard-of ones are refused on writes', () => {
  assert.equal(find('PUT /bkt/k?uploadId=u'), 'InvalidRequest');
  assert.equal(find('PUT /bkt/k?partNumber=1'), 'InvalidArgument');
  assert.equal(find('DELETE /bkt?id=x'), 'InvalidArgument');
  assert.equal(find('GET /bkt/k?tagging&acl'), 'InvalidArgument');
  assert.equal(find('PUT /bkt/k?tomorrow'), 'NotImplemented');
  assert.equal(find('DELETE /bkt?tomorrow='), 'NotImplemented');
  assert.equal(find('POST /bkt'), 'PreconditionFailed');
  assert.equal(find('POST /bkt/k?select'), 'InvalidRequest');
});

test('unbuilt operations answer 501 by name', () => {
  for (const { name, input } of unbuiltOperations) {
    assert.throws(
      () => input(undefined as never),
      (error) =>
        error instanceof Refusal &&
        error.code === 'NotImplemented' &&
        error.message === `${name} is not implemented.`,
    );
  }
});

test('two operations on one route, a name twice and a name left out stop the start', () => {
  const all = table.operations;
  const without = all.filter(({ name }) => name !== 'PutObject');
  const twin = fake('PutObject', { method: 'GET', resource: 'object' });
  assert.throws(() => routeTable([...without, twin]), Defect);
  assert.throws(() => routeTable(without), /PutObject is not in the table/);
  assert.throws(() => routeTable([...all, twin]), /PutObject is in the table twice/);
  const reordered = fake('PutObject', {
    method: 'PUT',
    resource: 'object',
    query: ['uploadId', 'partNumber'],
  });
  assert.throws(() => routeTable([...without, reordered]), /both claim/);
});
