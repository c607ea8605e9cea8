import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { parseQuery } from './query.ts';

test('names and values are decoded once, in order, with + as a space', () => {
  const query = parseQuery('prefix=a%2520b+c%2B&acl&x=&prefix=second&&%C3%BC=%F0%9F%AA%A3');
  assert.deepEqual(query.entries, [
    ['prefix', 'a%20b c+'],
    ['acl', ''],
    ['x', ''],
    ['prefix', 'second'],
    ['ü', '🪣'],
  ]);
  assert.equal(query.get('prefix'), 'a%20b c+');
  assert.equal(query.get('absent'), undefined);
  assert.equal(query.has('acl'), true);
  assert.equal(parseQuery('a=b=c').get('a'), 'b=c');
  assert.deepEqual(parseQuery('').entries, []);
});

test('broken escapes, bytes that are no UTF-8 and too many parameters are refused', () => {
  for (const raw of ['a=%', 'a=%zz', '%ff=1', 'a=%c0%80', 'a=%ed%a0%80', 'a=1&'.repeat(257)]) {
    assert.throws(
      () => parseQuery(raw),
      (error) => error instanceof Refusal && error.code === 'InvalidURI',
      raw,
    );
  }
  assert.equal(parseQuery('a=1&'.repeat(256)).entries.length, 256);
});

test('what URLSearchParams writes is read back', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 20 }), (pairs) => {
      assert.deepEqual(parseQuery(new URLSearchParams(pairs).toString()).entries, pairs);
    }),
  );
});

test('nothing but a Refusal comes of any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('%', '&', '=', '+', 'a', 'F', '0', 'c', '\u00ff') }),
      (raw) => {
        try {
          parseQuery(raw);
        } catch (error) {
          assert.ok(error instanceof Refusal);
        }
      },
    ),
  );
});
