/** One member of a row's body is exchanged, and nothing else of it changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { withMember } from './reseal.ts';

const wrap = fc.uint8Array({ minLength: 72, maxLength: 72 }).map((bytes) => {
  return Buffer.from(bytes).toString('base64url');
});
const json = fc.dictionary(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.jsonValue({ maxDepth: 2 }),
);

test('the member has its new text and every other its own, byte for byte', () => {
  fc.assert(
    fc.property(json, json, wrap, wrap, (front, back, from, to) => {
      const { wrapped: _, ...others } = front;
      const text = JSON.stringify({ ...others, wrapped: from, unknown: back });
      const changed = withMember(Buffer.from(text), { name: 'wrapped', from, to }).toString();
      assert.equal(
        changed,
        text.replace(`"wrapped":"${from}"`, () => `"wrapped":"${to}"`),
      );
    }),
  );
});

test('a client who names its metadata so, and knows the wrap, changes nothing but its own', () => {
  const [from, to] = ['a'.repeat(96), 'b'.repeat(96)];
  const bodies = [
    { meta: { wrapped: from }, wrapped: from, later: 2 },
    { wrapped: from, meta: { wrapped: from }, requestHeaders: { wrapped: `"wrapped":"${from}"` } },
    { meta: { text: `"wrapped":"${from}"`, ['__proto__']: 'x' }, wrapped: from },
  ];
  for (const body of bodies) {
    const changed = withMember(Buffer.from(JSON.stringify(body)), { name: 'wrapped', from, to });
    assert.deepEqual(JSON.parse(changed.toString()), { ...body, wrapped: to });
  }
  const spaced = Buffer.from(`{ "wrapped" : "${from}", "meta": {"wrapped": 1} }`);
  assert.deepEqual(JSON.parse(withMember(spaced, { name: 'wrapped', from, to }).toString()), {
    wrapped: to,
    meta: { wrapped: 1 },
  });
});
