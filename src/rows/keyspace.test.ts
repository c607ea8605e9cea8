import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';

import {
  decodeOrdinal,
  decodeString,
  encodeOrdinal,
  encodePrefix,
  encodeString,
  prefixEnd,
} from './keyspace.ts';
import { Fault } from '../base/refusal.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('\0', '\u0001', 'a', '\u{10ffff}', '\uffff'), maxLength: 8 }),
);
const ordinal = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const tuple = (name: string, number: number): Buffer =>
  Buffer.concat([encodeString(name), encodeOrdinal(number)]);

test('a string and what follows it come back', () => {
  fc.assert(
    fc.property(text, ordinal, (name, number) => {
      const key = tuple(name, number);
      const { text: decoded, end } = decodeString(key, 0);
      assert.equal(decoded, name);
      assert.equal(decodeOrdinal(key, end), number);
    }),
  );
});

test('keys sort by the UTF-8 bytes of the name, then newest first', () => {
  fc.assert(
    fc.property(text, ordinal, text, ordinal, (nameA, a, nameB, b) => {
      const names = Buffer.compare(Buffer.from(nameA), Buffer.from(nameB));
      const expected = names === 0 ? Math.sign(b - a) : names;
      assert.equal(Buffer.compare(tuple(nameA, a), tuple(nameB, b)), expected);
    }),
  );
});

test('a prefix range holds exactly the names that begin with the prefix', () => {
  fc.assert(
    fc.property(text, text, (prefix, name) => {
      const start = encodePrefix(prefix);
      const end = prefixEnd(start);
      const key = encodeString(name);
      const inside =
        Buffer.compare(key, start) >= 0 && (end === undefined || Buffer.compare(key, end) < 0);
      const begins = Buffer.from(name).subarray(0, Buffer.byteLength(prefix));
      assert.equal(inside, begins.equals(Buffer.from(prefix)));
    }),
  );
});

test('a key of 1,024 NULs stays below 2,500 bytes', () => {
  assert.equal(encodeString('\0'.repeat(1024)).length, 2050);
});

test('a malformed key is damage', () => {
  for (const bytes of [[], [0x61], [0x61, 0x00], [0x00, 0x02, 0x00, 0x01]]) {
    assert.throws(() => decodeString(Buffer.from(bytes), 0), Fault);
  }
  assert.throws(() => decodeOrdinal(Buffer.alloc(7), 0), Fault);
});
