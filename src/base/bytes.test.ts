import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { discard, lengthPrefixed, u32 } from './bytes.ts';

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

test('discard frees a buffer that is alone in its memory, and leaves views and small ones', () => {
  const whole = Buffer.allocUnsafeSlow(64 * 1024);
  const view = Buffer.alloc(64 * 1024).subarray(1);
  const small = Buffer.alloc(100, 's');
  for (const bytes of [whole, view, small]) discard(bytes);
  assert.deepEqual([whole.length, view.length, small.length], [0, 64 * 1024 - 1, 100]);
  discard(whole);
});
