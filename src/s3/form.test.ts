import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { type Form, readForm } from './form.ts';

const boundary = '----WebKitFormBoundaryAbC';
const field = (name: string, value: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (content: string, filename = 'a.txt'): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n` +
  `Content-Type: text/plain\r\n\r\n${content}\r\n`;
const end = `--${boundary}--\r\n`;

async function* pieces(body: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

interface Sent {
  readonly size?: number;
  readonly contentType?: string;
}

function read(body: string | Buffer, sent: Sent = {}): Promise<Form> {
  const contentType = sent.contentType ?? `multipart/form-data; boundary=${boundary}`;
  return readForm({
    headers: new Map([['content-type', [contentType]]]),
    body: pieces(Buffer.from(body), sent.size ?? 65_536),
    sendContinue: () => undefined,
  });
}

async function contentOf(form: Form): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of form.file.bytes) all.push(piece);
  return Buffer.concat(all).toString('latin1');
}

async function refusal(body: string | Buffer, sent: Sent = {}): Promise<string> {
  return read(body, sent)
    .then(contentOf)
    .then(
      () => assert.fail('was taken'),
      (error: unknown) => {
        assert.ok(error instanceof Refusal, String(error));
        return error.code;
      },
    );
}

test('fields, names without regard to case, and the file last', async () => {
  const body =
    field('Key', 'up/${filename}') +
    field('x-amz-meta-note', 'grün 1\r\n2') +
    field('tag', 'a') +
    field('TAG', 'b') +
    field('empty', '') +
    file('hello', 'C:\\fake path\\dé%22.txt') +
    field('later', 'x') +
    end;
  for (const size of [1, 2, 3, 7, 64, 65_536]) {
    const form = await read(body, { size });
    assert.deepEqual(
      [...form.fields],
      [
        ['key', ['up/dé".txt']],
        ['x-amz-meta-note', ['grün 1\r\n2']],
        ['tag', ['a', 'b']],
        ['empty', ['']],
      ],
    );
    assert.deepEqual([form.file.name, form.file.contentType], ['dé".txt', 'text/plain']);
    assert.equal(await contentOf(form), 'hello');
  }
});

test('any file in any pieces comes out as it went in', async () => {
  const odd = fc.constantFrom(
    '\r',
    '\n',
    '\r\n',
    '-',
    `\r\n--${boundary.slice(0, 9)}`,
    'x',
    '\r\n--',
  );
  const content = fc.array(odd, { maxLength: 40 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(content, fc.integer({ min: 1, max: 90 }), async (bytes, size) => {
      const form = await read(field('key', 'k') + file(bytes) + end, { size });
      assert.equal(await contentOf(form), bytes);
    }),
    { numRuns: 300 },
  );
});

test('the client is told to go on before the body is asked for', async () => {
  const order: string[] = [];
  const body = Buffer.from(file('x') + end);
  const form = await readForm({
    headers: new Map([['content-type', [`Multipart/Form-Data;boundary="${boundary}"; x=y`]]]),
    body: (async function* () {
      order.push('read');
      yield body;
    })(),
    sendContinue: () => order.push('continue'),
  });
  assert.deepEqual(order, ['continue', 'read']);
  assert.equal(await contentOf(form), 'x');
});

test('the file is not read before it is asked for', async () => {
  let read = 0;
  const form = await readForm({
    headers: new Map([['content-type', [`multipart/form-data; boundary=${boundary}`]]]),
    body: (async function* () {
      for (const piece of [file('1').slice(0, -2), '2', '3', `\r\n${end}`]) {
        read++;
        yield Buffer.from(piece);
      }
    })(),
    sendContinue: () => undefined,
  });
  assert.equal(read, 1);
  assert.equal(await contentOf(form), '123');
  assert.equal(read, 4);
});

test('what comes before the file is bounded', async () => {
  const big = 'x'.repeat(20_000);
  assert.equal(
    await refusal(field('key', big) + file('x') + end),
    'MaxPostPreDataLengthExceededError',
  );
  assert.equal(await refusal(big), 'MaxPostPreDataLengthExceededError');
  const long = `--${boundary}\r\nX: ${big}\r\n\r\n`;
  assert.equal(await refusal(long), 'MaxPostPreDataLengthExceededError');
  const form = await read(field('key', 'x'.repeat(19_000)) + file('x'.repeat(100_000)) + end);
  assert.equal((await contentOf(form)).length, 100_000);
});

test('a form that is not well formed is refused', async () => {
  const part = (head: string): string => `--${boundary}\r\n${head}\r\n\r\nv\r\n`;
  const disposition = 'Content-Disposition: form-data; name="a"';
  for (const body of [
    '',
    field('key', 'k'),
    file('x').slice(0, -2),
    file('x'),
    `${file('x')}--${boundary}!`,
    `${file('x')}${field('later', 'y'.repeat(70_000))}${end}`,
    part('') + end,
    part('Content-Disposition: attachment; name="a"') + end,
    part('Content-Disposition: form-data') + end,
    part('Content-Disposition: form-data; name=""') + end,
    part('Content-Disposition: form-data; name="a') + end,
    part('Content-Disposition: form-data; name="a"; name="b"') + end,
    part(`${disposition}\r\n${disposition}`) + end,
    part(`${disposition}\r\nno colon`) + end,
    part(`${disposition}\r\nContent-Transfer-Encoding: base64`) + end,
  ]) {
    assert.equal(await refusal(body), 'MalformedPOSTRequest', JSON.stringify(body.slice(0, 99)));
  }
  const latin1 = Buffer.concat([
    Buffer.from(field('a', '')),
    Buffer.from(field('b', 'é'), 'latin1'),
  ]);
  assert.equal(await refusal(latin1), 'MalformedPOSTRequest');
  for (const contentType of [
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary="${'b'.repeat(71)}"`,
    'multipart/form-data; boundary="a\u0001"',
  ]) {
    assert.equal(await refusal(file('x') + end, { contentType }), 'MalformedPOSTRequest');
  }
});

test('a form without a file is refused by name', async () => {
  assert.equal(await refusal(field('key', 'k') + end), 'InvalidArgument');
});

test('letting go of the file lets go of the body', async () => {
  let released = false;
  const form = await readForm({
    headers: new Map([['content-type', [`multipart/form-data; boundary=${boundary}`]]]),
    body: (async function* () {
      try {
        yield Buffer.from(file('123').slice(0, -2));
        yield Buffer.from('456');
      } finally {
        released = true;
      }
    })(),
    sendContinue: () => undefined,
  });
  for await (const piece of form.file.bytes) {
    assert.equal(Buffer.from(piece).toString(), '123');
    break;
  }
  assert.ok(released);
});
