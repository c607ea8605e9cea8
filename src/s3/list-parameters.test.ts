import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { listParameters, nameWriter, urlEncoded } from './list-parameters.ts';
import { parseQuery } from './query.ts';

const parse = (raw: string, name: 'max-keys' | 'max-uploads' = 'max-keys') =>
  listParameters(parseQuery(raw), name);

test('what is not given has AWS’s defaults', () => {
  const defaults = { prefix: '', delimiter: '', limit: 1000, encodingType: undefined };
  assert.deepEqual(parse(''), defaults);
  assert.deepEqual(parse('prefix=&delimiter=&max-keys=&encoding-type='), defaults);
  assert.deepEqual(parse('prefix=a%2Fb&delimiter=%20&max-keys=7&encoding-type=url'), {
    prefix: 'a/b',
    delimiter: ' ',
    limit: 7,
    encodingType: 'url',
  });
  assert.equal(parse('max-keys=0').limit, 0);
  assert.equal(parse('max-keys=2147483647').limit, 1000);
  assert.equal(parse('max-uploads=5&max-keys=3', 'max-uploads').limit, 5);
});

test('what AWS refuses is refused in its words', () => {
  for (const [raw, name, words] of [
    ['max-keys=x', 'max-keys', 'Provided max-keys not an integer or within integer range'],
    ['max-keys=1.5', 'max-keys', 'Provided max-keys not an integer or within integer range'],
    ['max-keys=0x10', 'max-keys', 'Provided max-keys not an integer or within integer range'],
    ['max-keys=2147483648', 'max-keys', 'Provided max-keys not an integer or within integer range'],
    ['max-keys=-1', 'maxKeys', 'Argument maxKeys must be an integer between 0 and 2147483647'],
    ['encoding-type=xml', 'encoding-type', 'Invalid Encoding Method specified in Request'],
  ] as const) {
    assert.throws(
      () => parse(raw),
      (error) =>
        error instanceof Refusal &&
        error.code === 'InvalidArgument' &&
        error.detail.message === words &&
        error.detail.fields?.['ArgumentName'] === name,
      raw,
    );
  }
});

test('an encoded name is plain ASCII that every decoder gives back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (name) => {
      const encoded = urlEncoded(name);
      assert.match(encoded, /^[\w.~*/%-]*$/);
      assert.equal(decodeURIComponent(encoded), name);
      assert.equal(decodeURIComponent(encoded.replaceAll('+', ' ')), name);
    }),
  );
  assert.equal(urlEncoded("a b/c+d(1)!'*\0é"), 'a%20b/c%2Bd%281%29%21%27*%00%C3%A9');
});

test('a name is written plain or encoded, and not at all where there is none', () => {
  const plain = nameWriter({ encodingType: undefined });
  const encoded = nameWriter({ encodingType: 'url' });
  assert.equal(plain('Key', 'a&b'), '<Key>a&amp;b</Key>');
  assert.equal(encoded('Key', 'a&b'), '<Key>a%26b</Key>');
  for (const write of [plain, encoded]) {
    assert.equal(write('Prefix', ''), '<Prefix></Prefix>');
    assert.equal(write('Delimiter', undefined), '');
  }
});
