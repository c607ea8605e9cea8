import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from './refusal.ts';
import { queryEntries, rawPath, rawQuery } from './request-target.ts';

test('the query begins behind the first question mark', () => {
  assert.equal(rawPath('/a/b?c=d?e&f'), '/a/b');
  assert.equal(rawQuery('/a/b?c=d?e&f'), 'c=d?e&f');
  assert.equal(rawPath('/a/b'), '/a/b');
  assert.equal(rawQuery('/a/b'), '');
});

test('names and values are decoded once, in order, with + as a space', () => {
  const entries = queryEntries('prefix=a%2520b+c%2B&acl&x=&prefix=second&&%C3%BC=%F0%9F%AA%A3');
  assert.deepEqual(entries, [
    ['prefix', 'a%20b c+'],
    ['acl', ''],
    ['x', ''],
    ['prefix', 'second'],
    ['ü', '🪣'],
  ]);
  assert.deepEqual(queryEntries('a=b=c'), [['a', 'b=c']]);
  assert.deepEqual(queryEntries(''), []);
});

test('broken escapes, bytes that are no UTF-8 and too many parameters are refused', () => {
  for (const raw of ['a=%', 'a=%zz', '%ff=1', 'a=%c0%80', 'a=%ed%a0%80', 'a=1&'.repeat(257)]) {
    assert.throws(
      () => queryEntries(raw),
      (error) => error instanceof Refusal && error.code === 'InvalidURI',
      raw,
    );
  }
  assert.equal(queryEntries('a=1&'.repeat(256)).length, 256);
});

test('what URLSearchParams writes is read back', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 20 }), (pairs) => {
      assert.deepEqual(queryEntries(new URLSearchParams(pairs).toString()), pairs);
    }),
  );
});

test('nothing but a Refusal comes of any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('%', '&', '=', '+', 'a', 'F', '0', 'c', '\u00ff') }),
      (raw) => {
        try {
          queryEntries(raw);
        } catch (error) {
          assert.ok(error instanceof Refusal);
        }
      },
    ),
  );
});
