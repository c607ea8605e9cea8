import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { lengthPrefixed, u32 } from './bytes.ts';

test('lp is, for each field, its length and its bytes', () => {
  assert.equal(lengthPrefixed().length, 0);
  assert.equal(
    lengthPrefixed('é', Uint8Array.of(7), '').toString('hex'),
    '00000002c3a9000000010700000000',
  );
  const field = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array());
  fc.assert(
    fc.property(fc.array(field), (fields) => {
      const spelt = fields.flatMap((value) => {
        const bytes = typeof value === 'string' ? Buffer.from(value) : value;
        return [u32(bytes.length), bytes];
      });
      assert.deepEqual(lengthPrefixed(...fields), Buffer.concat(spelt));
    }),
  );
});
