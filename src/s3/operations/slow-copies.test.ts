/** Copies that take longer than a client may wait for a first byte (S3-BEHAVIOURS 10). */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { callOf, isoDay } from '../../../tests/support/s3-call.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Call } from '../operation.ts';
import { slowCopyMs } from '../slow-reply.ts';
import { copyObject } from './copy-object.ts';
import { uploadPartCopy } from './upload-part-copy.ts';

const source = { 'x-amz-copy-source': 'src/from' };
const uploadedPart = {
  number: 1,
  size: 5,
  etag: 'abc',
  modified: isoDay,
  checksums: {},
  protection: 'SSE-S3',
  sourceVersionId: undefined,
} as const;
const copied = { ...uploadedPart, versionId: 'v1', checksum: undefined };

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};

interface Late {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly text: string;
}

/** The reply to a copy that ends, by `end`, only after it became late. */
async function late<T>(
  { mock }: TestContext,
  work: PromiseWithResolvers<T>,
  run: () => Promise<{ readonly status: number; readonly body?: unknown } & Pick<Late, 'headers'>>,
  end: () => void,
): Promise<Late> {
  mock.timers.enable({ apis: ['setTimeout'] });
  const replied = run();
  await turns();
  mock.timers.tick(slowCopyMs);
  const { status, headers, body } = await replied;
  assert.equal(status, 200);
  const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let text = Buffer.from((await chunks.next()).value ?? '').toString();
  assert.equal(text, '<?xml version="1.0" encoding="UTF-8"?>\n');
  end();
  await work.promise.catch(() => undefined);
  for (;;) {
    const { done, value } = await chunks.next();
    if (done === true) return { headers, text };
    text += Buffer.from(value).toString();
  }
}

function copyCall(work: Promise<unknown>): Call {
  const buckets = { get: async () => ({ encryption: { algorithm: 'AES256' } }) };
  const store = { objects: { copy: () => work }, buckets };
  return callOf({ target: '/bkt/key', headers: source, store });
}

async function copyReply(call: Call) {
  const input = copyObject.input(call);
  return copyObject.output(await copyObject.run(call, input), input, call);
}

test('a slow CopyObject is kept alive, and its result or its error stands in the body', async (t) => {
  const good = Promise.withResolvers<typeof copied>();
  const made = await late(
    t,
    good,
    () => copyReply(copyCall(good.promise)),
    () => good.resolve(copied),
  );
  assert.equal(made.headers['x-amz-server-side-encryption'], 'AES256');
  assert.match(
    made.text,
    /^<\?xml [^\n]*\n<CopyObjectResult [\s\S]*abc[\s\S]*<\/CopyObjectResult>$/,
  );
  t.mock.timers.reset();
  const bad = Promise.withResolvers<typeof copied>();
  const failed = await late(
    t,
    bad,
    () => copyReply(copyCall(bad.promise)),
    () => bad.reject(new Refusal('PreconditionFailed')),
  );
  assert.match(failed.text, /\n<Error><Code>PreconditionFailed<[\s\S]*<\/Error>$/);
});

test('a slow UploadPartCopy likewise', async (t) => {
  const work = Promise.withResolvers<typeof uploadedPart>();
  const get = async () => ({ protection: 'SSE-S3' });
  const call = callOf({
    target: '/bkt/key?partNumber=1&uploadId=u',
    headers: source,
    store: { uploads: { copyPart: () => work.promise, get } },
  });
  const input = uploadPartCopy.input(call);
  const made = await late(
    t,
    work,
    async () => uploadPartCopy.output(await uploadPartCopy.run(call, input), input, call),
    () => work.resolve(uploadedPart),
  );
  assert.equal(made.headers['x-amz-server-side-encryption'], 'AES256');
  assert.match(made.text, /\n<CopyPartResult [\s\S]*abc[\s\S]*<\/CopyPartResult>$/);
});
