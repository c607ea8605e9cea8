/** One whole request for every route there is: what it lacks is only an authentication. */
import type { AnyOperation } from '../../src/s3/operation.ts';

export interface RouteRequest {
  readonly operation: AnyOperation;
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const paths = { service: '/', bucket: '/bucket', object: '/bucket/folder/key' };

/** Values of the query parameters that routes name; every other one is a bare name. */
const values: Readonly<Record<string, string>> = {
  annotationName: 'note',
  id: 'first',
  'max-directory-buckets': '5',
  partNumber: '1',
  uploadId: 'bm8gc3VjaCB1cGxvYWQ',
};

/** What an operation needs beside its route. */
const needs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CopyObject: { 'x-amz-copy-source': 'bucket/source' },
  UploadPartCopy: { 'x-amz-copy-source': 'bucket/source' },
  GetObjectAttributes: { 'x-amz-object-attributes': 'ETag' },
  WriteGetObjectResponse: { 'x-amz-request-route': 'route', 'x-amz-request-token': 'token' },
};

const documents: Readonly<Record<string, string>> = {
  DeleteObjects: '<Delete><Object><Key>folder/key</Key></Object></Delete>',
  PutObjectTagging: '<Tagging><TagSet/></Tagging>',
};

/** A request for an operation, as whoever may do it would send it. */
export function routeRequest(operation: AnyOperation): RouteRequest {
  const { route, body, name } = operation;
  const query = (route.query ?? []).map((each) => [each, values[each] ?? ''] as const);
  if (route.queryValue !== undefined) query.push(route.queryValue);
  const headers: Record<string, string> = { ...needs[name] };
  if (route.contentType !== undefined) headers['content-type'] = `${route.contentType}; boundary=b`;
  return {
    operation,
    method: route.method,
    path: paths[route.resource],
    query,
    headers,
    body: bodyOf(operation, body),
  };
}

function bodyOf({ name }: AnyOperation, kind: AnyOperation['body']): string {
  if (kind === 'none') return '';
  if (kind === 'form') return formOf({ key: 'folder/key' });
  return kind === 'document' ? (documents[name] ?? '<Document/>') : 'the bytes of an object';
}

/** A form with the boundary `b`. */
export function formOf(fields: Readonly<Record<string, string>>, file = 'the file'): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = 'Content-Disposition: form-data; name="file"; filename="f"';
  return `${parts.join('')}--b\r\n${head}\r\n\r\n${file}\r\n--b--\r\n`;
}
