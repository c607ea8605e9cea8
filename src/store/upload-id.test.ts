import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUploadId, parseUploadId } from './upload-id.ts';

test('an upload id says what it holds, and nothing else is one', () => {
  const id = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  const text = encodeUploadId({ created: 1_795_000_000_000, id });
  assert.match(text, /^[\w-]{32}$/);
  assert.deepEqual(parseUploadId(text), { created: 1_795_000_000_000, id });
  for (const other of [
    '',
    'null',
    `${text}A`,
    text.slice(1),
    `+${text.slice(1)}`,
    '_'.repeat(32),
  ]) {
    assert.equal(parseUploadId(other), undefined, other);
  }
});
