import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../../base/refusal.ts';
import { decodeWords, encodeWord } from './encoded-word.ts';
import { factHeaders, requestedFacts } from './metadata.ts';

const headersOf = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([name, value]) => [name, [value]]));
const onWire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const metaOf = (value: string) =>
  requestedFacts(headersOf({ 'x-amz-meta-k': value }), undefined).meta?.['k'];

test('content headers and metadata are taken, others are not', () => {
  const facts = requestedFacts(
    headersOf({
      'content-type': 'text/plain',
      'content-encoding': 'aws-chunked,gzip',
      'cache-control': 'no-cache',
      expires: 'never',
      'content-language': '',
      'x-amz-meta-a-b': '1',
      'x-amz-acl': 'private',
      host: 'h',
    }),
    'gzip',
  );
  assert.deepEqual(facts, {
    contentType: 'text/plain',
    headers: { 'cache-control': 'no-cache', 'content-encoding': 'gzip', expires: 'never' },
    meta: Object.assign(Object.create(null), { 'a-b': '1' }),
  });
  assert.deepEqual(factHeaders(facts), {
    'Content-Type': 'text/plain',
    'Cache-Control': 'no-cache',
    'Content-Encoding': 'gzip',
    Expires: 'never',
    'x-amz-meta-a-b': '1',
  });
  assert.deepEqual(factHeaders(requestedFacts(headersOf({}), undefined)), {
    'Content-Type': 'binary/octet-stream',
  });
});

test('UTF-8, Latin-1 and encoded words are read as text', () => {
  assert.equal(metaOf('plain =?x'), 'plain =?x');
  assert.equal(metaOf(onWire('größe 🪣')), 'größe 🪣');
  assert.equal(metaOf('gr\u00f6\u00dfe'), 'größe');
  assert.equal(metaOf('ключ'), 'ключ');
  assert.equal(metaOf('=?UTF-8?B?Z3LDtsOfZQ==?='), 'größe');
  assert.equal(metaOf('=?utf-8?q?gr=C3=B6=C3=9Fe_x?='), 'größe x');
  assert.equal(metaOf('=?ISO-8859-1?Q?gr=F6=DFe?='), 'größe');
  assert.equal(metaOf('a =?UTF-8?Q?b?= =?UTF-8?Q?c?= d'), 'a bc d');
  assert.equal(metaOf('=?UTF-8?B?/w==?='), '=?UTF-8?B?/w==?=');
  assert.equal(metaOf('=?KOI8-R?B?/w==?='), '=?KOI8-R?B?/w==?=');
});

test('a header of ours cannot be ended by what a client stored', () => {
  const value = metaOf('=?UTF-8?B?DQpTZXQtQ29va2llOiBh?=') ?? '';
  assert.equal(value, '\r\nSet-Cookie: a');
  const sent = factHeaders({ meta: { k: value } })['x-amz-meta-k'] ?? '';
  assert.match(sent, /^=\?UTF-8\?B\?[A-Za-z0-9+/=]+\?=$/);
  for (const name of ['content-type', 'cache-control', 'content-disposition']) {
    assert.throws(
      () => requestedFacts(headersOf({ [name]: 'a\r\nb: c' }), undefined),
      (error) => error instanceof Refusal && error.code === 'InvalidArgument',
    );
  }
  assert.throws(() => requestedFacts(headersOf({ 'x-amz-meta-a b\r\n': 'c' }), undefined), Refusal);
});

test('2 KB of names and values, and no more', () => {
  const fits = { 'x-amz-meta-ab': 'x'.repeat(1022), 'x-amz-meta-cd': onWire('ü'.repeat(511)) };
  assert.equal(requestedFacts(headersOf(fits), undefined).meta?.['cd']?.length, 511);
  assert.throws(
    () => requestedFacts(headersOf({ ...fits, 'x-amz-meta-': 'x' }), undefined),
    (error) => error instanceof Refusal && error.code === 'MetadataTooLarge',
  );
});

test('odd names stay names', () => {
  const { meta } = requestedFacts(headersOf({ 'x-amz-meta-__proto__': 'x' }), undefined);
  assert.deepEqual(Object.entries(meta ?? {}), [['__proto__', 'x']]);
});

test('any text comes back from its encoded word', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const sent = encodeWord(text);
      assert.match(sent, /^[\x20-\x7e]*$/);
      assert.equal(decodeWords(sent), text);
    }),
  );
});

test('reading words takes linear time', () => {
  for (const hostile of ['=?', '=?a?', '=?a?b?', '=?UTF-8?Q?a', '=?UTF-8?B?A?= ']) {
    decodeWords(hostile.repeat(200_000));
  }
});
