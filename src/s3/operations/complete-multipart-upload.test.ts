import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callOf, isoDay, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import { Fault, Refusal } from '../../base/refusal.ts';
import type { Written } from '../../store/objects.ts';
import { slowMs } from '../slow-reply.ts';
import { completeMultipartUpload } from './complete-multipart-upload.ts';

const written: Written = {
  etag: 'abc-2',
  size: 10,
  versionId: 'v1',
  protection: 'SSE-S3',
  checksum: { algorithm: 'CRC32', type: 'COMPOSITE', value: 'NhCmhg==-2' },
  modified: isoDay,
};
const list = (...etags: string[]): string =>
  `<CompleteMultipartUpload>${etags
    .map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
    .join('')}</CompleteMultipartUpload>`;

function storeOf(complete: (input: unknown) => Promise<Written>, created = true) {
  const get = async () => {
    if (!created) throw new Refusal('NoSuchUpload');
    return { protection: 'SSE-S3', checksum: { algorithm: 'CRC32', type: 'COMPOSITE' } };
  };
  return { uploads: { get, complete } };
}

async function complete(sent: Partial<SentRequest> = {}, created = true) {
  const inputs: Record<string, unknown>[] = [];
  const store = storeOf(async (input) => {
    inputs.push(input as Record<string, unknown>);
    return written;
  }, created);
  const request = { target: '/bkt/a%20b?uploadId=u1', body: list('"p1"', 'p2'), store, ...sent };
  return { reply: await send(completeMultipartUpload, request), input: inputs[0] };
}

test('the object is made and told of', async () => {
  const headers = {
    'x-amz-checksum-crc32': 'NhCmhg==-2',
    'x-amz-mp-object-size': '10',
    'if-match': '"old"',
  };
  const { reply, input } = await complete({ headers });
  assert.equal(reply.status, 200);
  for (const element of [
    '<Location>http://s3.test:9000/bkt/a%20b</Location><Bucket>bkt</Bucket><Key>a b</Key>',
    '<ETag>&quot;abc-2&quot;</ETag><ChecksumCRC32>NhCmhg==-2</ChecksumCRC32>',
    '<ChecksumType>COMPOSITE</ChecksumType>',
  ]) {
    assert.ok(reply.body.includes(element), element);
  }
  assert.equal(reply.headers['x-amz-server-side-encryption'], 'AES256');
  assert.equal(reply.headers['x-amz-version-id'], 'v1');
  assert.deepEqual(input, {
    bucket: 'bkt',
    key: 'a b',
    uploadId: 'u1',
    parts: [
      { number: 1, etag: 'p1' },
      { number: 2, etag: 'p2' },
    ],
    conditions: { ifMatch: 'old' },
    checksum: { algorithm: 'CRC32', type: 'COMPOSITE', value: 'NhCmhg==-2' },
    size: 10,
  });
  assert.deepEqual(reply.pairs, [
    's3:PutObject arn:aws:s3:::bkt/a b',
    's3:GetObject arn:aws:s3:::bkt/a b',
  ]);
});

test('a retry reaches the store although the upload is gone', async () => {
  const { reply, input } = await complete({}, false);
  assert.deepEqual([reply.status, reply.headers['x-amz-version-id']], [200, 'v1']);
  assert.ok(input !== undefined);
});

test('what is refused reaches no store', async () => {
  const sse = { 'x-amz-server-side-encryption': 'AES256' };
  for (const [sent, code] of [
    [{ body: '<CompleteMultipartUpload/>' }, 'MalformedXML'],
    [{ headers: { 'x-amz-checksum-type': 'FULL_OBJECT' } }, 'InvalidRequest'],
    [{ headers: { 'x-amz-mp-object-size': 'x' } }, 'InvalidRequest'],
    [{ headers: { 'if-none-match': '"e"' } }, 'NotImplemented'],
    [{ headers: sse }, 'InvalidRequest'],
  ] as const) {
    const { reply, input } = await complete(sent);
    assert.deepEqual([reply.code, input], [code, undefined], JSON.stringify(sent));
  }
});

test('a quick refusal has its own status', async () => {
  const store = storeOf(async () => {
    throw new Refusal('InvalidPart');
  });
  const { reply } = await complete({ store });
  assert.deepEqual([reply.status, reply.code], [400, 'InvalidPart']);
});

/** Runs an operation that is still working after `slowMs`, ends it by `end`, and reads the reply. */
async function late(end: (settle: PromiseWithResolvers<Written>) => void) {
  const work = Promise.withResolvers<Written>();
  const target = '/bkt/key?uploadId=u1';
  const call = callOf({ target, body: list('p1'), store: storeOf(() => work.promise) });
  const input = completeMultipartUpload.input(call);
  const running = completeMultipartUpload.run(call, input);
  await turns();
  mock.tick(slowMs);
  const reply = completeMultipartUpload.output(await running, input, call);
  assert.equal(reply.status, 200);
  assert.equal(reply.headers['x-amz-server-side-encryption'], 'AES256');
  const body = (reply.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let text = Buffer.from((await body.next()).value ?? '').toString();
  const second = body.next();
  await turns();
  mock.tick(slowMs);
  text += Buffer.from((await second).value ?? '').toString();
  assert.equal(text, '<?xml version="1.0" encoding="UTF-8"?>\n ');
  end(work);
  for (;;) {
    const { done, value } = await body.next();
    if (done === true) return text;
    text += Buffer.from(value).toString();
  }
}

let mock: { tick(ms: number): void };
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test('a slow one is kept alive, and carries its end in the body', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  mock = context.mock.timers;
  const good = await late(({ resolve }) => resolve(written));
  assert.match(good, /^<\?xml [^\n]*\n <CompleteMultipartUploadResult xmlns.*abc-2.*Result>$/);
  const bad = await late(({ reject }) => reject(new Refusal('InvalidPart')));
  assert.match(
    bad,
    /^<\?xml [^\n]*\n <Error><Code>InvalidPart<.*<Resource>\/bkt\/key<.*<\/Error>$/,
  );
  await assert.rejects(
    late(({ reject }) => reject(new Fault('failed', 'disk'))),
    /disk/,
  );
});
