/** Bodies as they come: what is accepted, and what each lie about a body is answered with. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { PayloadRule } from '../access/signature/payload-rule.ts';
import { Refusal, type RefusalCode } from '../base/refusal.ts';
import { storedContentEncoding } from './content-encoding.ts';
import { openPayload, type PayloadSource } from './payload-reader.ts';

interface Given {
  readonly body?: readonly (Uint8Array | string)[];
  /** `null`: no Content-Length. */
  readonly length?: number | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly rule?: PayloadRule;
  readonly none?: boolean;
  readonly checksumOfObject?: boolean;
}

let continued = 0;

function source(given: Given): PayloadSource {
  const pieces = (given.body ?? []).map((piece) => Buffer.from(piece));
  const whole = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const headers = new Map(Object.entries(given.headers ?? {}).map(([k, v]) => [k, [v]] as const));
  return {
    http: {
      headers,
      contentLength: given.length === null ? undefined : (given.length ?? whole),
      body: (async function* () {
        for (const piece of pieces) yield piece;
      })(),
      sendContinue: () => {
        continued += 1;
      },
    },
    headers,
    rule: given.rule ?? { rule: 'unsigned' },
    chain: undefined,
    none: given.none ?? false,
    checksumOfObject: given.checksumOfObject ?? false,
  };
}

async function read(given: Given) {
  const payload = openPayload(source(given));
  const bytes: Uint8Array[] = [];
  for await (const piece of payload.bytes) bytes.push(piece);
  return { text: Buffer.concat(bytes).toString(), payload };
}

const sha = (text: string): PayloadRule => ({ rule: 'sha256', hash: hash('sha256', text, 'hex') });
const trailing: PayloadRule = { rule: 'streaming-unsigned-trailer' };
const crc = 'x-amz-checksum-crc32';
const chunked = (text: string, value = 'NSRBwg==') =>
  `${text === '' ? '' : `${text.length.toString(16)}\r\n${text}\r\n`}0\r\n${crc}:${value}\r\n\r\n`;
const decoded = (length: number, more: Readonly<Record<string, string>> = {}) => ({
  'x-amz-decoded-content-length': String(length),
  'x-amz-trailer': crc,
  ...more,
});

test('a plain body is read as it came, in any pieces, and its hash verified', async () => {
  assert.equal((await read({ body: ['ab', 'c'] })).text, 'abc');
  assert.equal((await read({ body: ['abc'], rule: sha('abc') })).text, 'abc');
  assert.equal((await read({ body: ['a', '', 'bc'], rule: sha('abc') })).text, 'abc');
  assert.equal((await read({ body: ['', 'abc'], rule: sha('abc') })).text, 'abc');
  assert.equal((await read({ body: [], rule: sha('') })).text, '');
  assert.equal((await read({ body: ['abc'] })).payload.length, 3);
});

test('an aws-chunked body is never read with its framing', async () => {
  const { text, payload } = await read({
    body: [chunked('abc')],
    headers: decoded(3),
    rule: trailing,
  });
  assert.equal(text, 'abc');
  assert.equal(payload.length, 3);
  assert.equal(payload.declared.checksum?.algorithm, 'CRC32');
  assert.equal(payload.declared.checksum?.value(), 'NSRBwg==');
  const nothing = await read({ body: [chunked('')], headers: decoded(0), rule: trailing });
  assert.equal(nothing.text, '');
  // Without Content-Length (chunked transfer coding) the decoded length is enough.
  const streamed = { body: [chunked('abc')], length: null, headers: decoded(3), rule: trailing };
  assert.equal((await read(streamed)).text, 'abc');
  const many = Array.from({ length: 500 }, () => '1\r\nz\r\n').join('');
  const wire = `${many}0\r\n${crc}:NSRBwg==\r\n\r\n`;
  const joined = await read({ body: [wire], headers: decoded(500), rule: trailing });
  assert.equal(joined.text, 'z'.repeat(500));
});

test('a trailer is not known before the bytes are read', async () => {
  const payload = openPayload(
    source({ body: [chunked('abc')], headers: decoded(3), rule: trailing }),
  );
  assert.equal(payload.declared.checksum?.value(), undefined);
  for await (const piece of payload.bytes) assert.equal(piece.length, 3);
  assert.equal(payload.declared.checksum?.value(), 'NSRBwg==');
});

test('100-continue waits for the first byte to be asked for', async () => {
  continued = 0;
  const payload = openPayload(source({ body: ['abc'] }));
  assert.equal(continued, 0);
  for await (const piece of payload.bytes) assert.ok(piece);
  assert.equal(continued, 1);
});

const refusedBodies: readonly (readonly [string, Given, RefusalCode])[] = [
  ['no length', { length: null }, 'MissingContentLength'],
  [
    'no decoded length',
    { headers: { 'x-amz-trailer': crc }, rule: trailing },
    'MissingContentLength',
  ],
  [
    'a decoded length that is none',
    { headers: { 'x-amz-decoded-content-length': '3, 3' }, rule: trailing },
    'InvalidArgument',
  ],
  [
    'a negative decoded length',
    { headers: { 'x-amz-decoded-content-length': '-3' }, rule: trailing },
    'InvalidArgument',
  ],
  ['fewer bytes', { body: ['ab'], length: 3 }, 'IncompleteBody'],
  ['more bytes', { body: ['abcd'], length: 3 }, 'IncompleteBody'],
  [
    'fewer decoded bytes',
    { body: [chunked('ab')], headers: decoded(3), rule: trailing },
    'IncompleteBody',
  ],
  [
    'more decoded bytes',
    { body: [chunked('abcd')], headers: decoded(3), rule: trailing },
    'IncompleteBody',
  ],
  ['another hash, in one piece', { body: ['abc'], rule: sha('abd') }, 'XAmzContentSHA256Mismatch'],
  [
    'another hash, in two pieces',
    { body: ['ab', 'c'], rule: sha('abd') },
    'XAmzContentSHA256Mismatch',
  ],
  ['a hash of something, and no body', { rule: sha('abc') }, 'XAmzContentSHA256Mismatch'],
  ['a body where none is taken', { body: ['abc'], none: true }, 'InvalidRequest'],
  [
    'a chunked body where none is taken',
    { none: true, length: null, headers: { 'transfer-encoding': 'chunked' } },
    'InvalidRequest',
  ],
  ['another hash of no body', { none: true, rule: sha('abc') }, 'XAmzContentSHA256Mismatch'],
  [
    'plain bytes called chunked',
    { body: ['abc'], headers: decoded(3), rule: trailing },
    'IncompleteBody',
  ],
  ['a trailer without a streaming rule', { headers: { 'x-amz-trailer': crc } }, 'InvalidRequest'],
  [
    'a trailer that is no checksum',
    { headers: decoded(3, { 'x-amz-trailer': 'x-amz-meta-a' }), rule: trailing },
    'InvalidRequest',
  ],
  [
    'two trailers',
    { headers: decoded(3, { 'x-amz-trailer': `${crc}, x-amz-checksum-sha1` }), rule: trailing },
    'InvalidRequest',
  ],
  [
    'a trailer and a header',
    { headers: decoded(3, { [crc]: 'NSRBwg==' }), rule: trailing },
    'InvalidRequest',
  ],
  ['an MD5 that is none', { headers: { 'content-md5': 'abc' } }, 'InvalidDigest'],
  ['an empty MD5', { headers: { 'content-md5': '' } }, 'InvalidDigest'],
  [
    'an MD5 of 15 bytes',
    { headers: { 'content-md5': Buffer.alloc(15).toString('base64') } },
    'InvalidDigest',
  ],
  [
    'two checksums',
    { headers: { [crc]: 'NSRBwg==', 'x-amz-checksum-crc32c': 'NSRBwg==' } },
    'InvalidRequest',
  ],
  [
    'a checksum of another length',
    { headers: { 'x-amz-checksum-sha256': 'NSRBwg==' } },
    'InvalidRequest',
  ],
  ['a checksum that is no base64', { headers: { [crc]: 'NSRBw!==' } }, 'InvalidRequest'],
  [
    'another algorithm named',
    { headers: { [crc]: 'NSRBwg==', 'x-amz-sdk-checksum-algorithm': 'SHA1' } },
    'InvalidRequest',
  ],
  [
    'an unknown algorithm named',
    { headers: { 'x-amz-sdk-checksum-algorithm': 'ROT13' } },
    'InvalidRequest',
  ],
];

for (const [name, given, code] of refusedBodies) {
  test(`${name} is ${code}`, async () => {
    await assert.rejects(async () => read(given), { name: 'Refusal', code });
  });
}

test('a trailer’s value is checked when it is asked for', async () => {
  const given = { body: [chunked('abc', 'short')], headers: decoded(3), rule: trailing };
  const { payload } = await read(given);
  assert.throws(() => payload.declared.checksum?.value(), {
    code: 'InvalidRequest',
    message: `Value for ${crc} trailing header is invalid.`,
  });
});

test('what headers declare of the bytes is handed on', () => {
  const md5 = Buffer.alloc(16, 7);
  const { declared } = openPayload(
    source({ body: ['x'], headers: { 'content-md5': md5.toString('base64'), [crc]: 'NSRBwg==' } }),
  );
  assert.deepEqual(declared.md5, md5);
  assert.equal(declared.checksum?.value(), 'NSRBwg==');
  const named = openPayload(source({ headers: { 'x-amz-sdk-checksum-algorithm': 'crc64nvme' } }));
  assert.equal(named.declared.checksum?.algorithm, 'CRC64NVME');
  assert.equal(named.declared.checksum?.value(), undefined);
  const ofObject = { headers: { [crc]: 'NSRBwg==-3' }, checksumOfObject: true };
  assert.equal(openPayload(source(ofObject)).declared.checksum, undefined);
});

test('no body is nothing to iterate over', async () => {
  assert.equal((await read({ none: true, length: null })).text, '');
  assert.equal((await read({ none: true, length: 0, rule: sha('') })).text, '');
});

test('any headers and bytes are a payload or a refusal', async () => {
  const names = fc.constantFrom(
    'content-md5',
    crc,
    'x-amz-checksum-sha256',
    'x-amz-trailer',
    'x-amz-sdk-checksum-algorithm',
    'x-amz-decoded-content-length',
  );
  const values = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.constantFrom(crc, 'CRC32', 'NSRBwg=='),
  );
  const rules = fc.constantFrom<PayloadRule>({ rule: 'unsigned' }, sha('abc'), trailing);
  const bodies = fc.array(fc.oneof(fc.uint8Array(), fc.constantFrom('abc', chunked('abc'))));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, values), rules, bodies, async (headers, rule, body) => {
      try {
        await read({ headers, rule, body });
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test('aws-chunked is taken out of Content-Encoding for streamed payloads, and nothing else', () => {
  const stored = (encoding: string | undefined, sha256: string): string | undefined =>
    storedContentEncoding(
      new Map([
        ['x-amz-content-sha256', [sha256]],
        ...(encoding === undefined ? [] : [['content-encoding', [encoding]] as const]),
      ]),
    );
  const streaming = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
  assert.equal(stored('aws-chunked', streaming), undefined);
  assert.equal(stored('aws-chunked,gzip', streaming), 'gzip');
  assert.equal(stored('gzip, AWS-chunked , br', streaming), 'gzip,br');
  assert.equal(stored('gzip', streaming), 'gzip');
  assert.equal(stored(undefined, streaming), undefined);
  assert.equal(stored('aws-chunked', 'UNSIGNED-PAYLOAD'), 'aws-chunked');
});
